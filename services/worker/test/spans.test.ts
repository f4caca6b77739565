/** What a worker tells of traced calls and commands, over the memory bus. */
import type { EndedSpan, Tracing } from '@voltlane/telemetry';
import { waitUntil } from '@voltlane/testkit';
import { type CommandSubmit, chargerId, createSubjects, encodeCommandAsk, partitionOf } from '@voltlane/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandOf } from '../src/commands/command-admission.ts';
import { type CommandRig, startCommandRig } from './commands/command-rig.ts';
import { call, header, TENANT } from './uplinks.ts';

const PARTITIONS = 4;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const ASKER = `00-${TRACE}-00f067aa0ba902b7-01`;

let spans: EndedSpan[];
let rig: CommandRig;

beforeEach(async () => {
  spans = [];
  rig = await startCommandRig({}, undefined, recording());
});

afterEach(async () => {
  await rig.stop();
});

/** Numbers its contexts and keeps what it is told. */
function recording(): Tracing {
  let number = 0;
  return {
    begin: () => expect.unreachable('a worker begins no trace'),
    below: (parent) => {
      number += 1;
      return `${parent.slice(0, 36)}${String(number).padStart(16, '0')}-01`;
    },
    ended: (span) => void spans.push(span),
  };
}

function submit(commandId: string, traceparent: string | undefined): CommandSubmit {
  return {
    kind: 'commandSubmit',
    tenant: TENANT,
    chargerId: chargerId('CP1'),
    commandId,
    waitMs: 0,
    action: 'ClearCache',
    payload: '{}',
    timeoutMs: 30_000,
    ttlMs: 0,
    priority: 5,
    coalesceKey: undefined,
    requestedBy: undefined,
    requestedAtMs: Date.now(),
    waitsWhileAway: true,
    repeated: false,
    traceparent,
  };
}

async function have(commandId: string, traceparent: string | undefined): Promise<void> {
  const subject = createSubjects('').forward(partitionOf(TENANT, chargerId('CP1'), PARTITIONS));
  await rig.backend.request(subject, encodeCommandAsk(submit(commandId, traceparent)), 10_000);
}

function named(name: string): EndedSpan[] {
  return spans.filter((span) => span.name === name);
}

describe('a traced call', () => {
  it('is told once it is answered, with what it appended below it', async () => {
    await rig.connect('CP1', { boots: false });
    expect(spans).toEqual([]);
    const boot = call('CP1', 1, 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
    await rig.uplink({ ...boot, ...header('CP1', 's1'), openedAgoMs: 1, traceparent: ASKER });
    const [handled] = named('BootNotification');
    const [append] = named('journal append');
    expect(handled).toMatchObject({ parent: ASKER, kind: 'consumer', error: undefined });
    expect(append).toMatchObject({ parent: handled?.traceparent, kind: 'producer', error: undefined });
    expect(handled?.attributes).toMatchObject({ 'voltlane.charger': 'CP1', 'voltlane.outcome': 'result' });
    expect(handled?.attributes['voltlane.mailbox_wait_ms']).toBeGreaterThanOrEqual(0);
  });

  it('leaves nothing behind for the next call of the charger', async () => {
    await rig.connect('CP1');
    const beat = call('CP1', 2, 'Heartbeat', {});
    await rig.uplink({ ...beat, ...header('CP1', 's1'), openedAgoMs: 1, traceparent: ASKER });
    const told = spans.length;
    const status = { connectorId: 1, errorCode: 'NoError', status: 'Available' };
    await rig.uplink({ ...call('CP1', 3, 'StatusNotification', status), ...header('CP1', 's1') });
    expect((await rig.events('CP1')).map(({ kind }) => kind)).toContain('connector.status');
    expect([told, spans.length]).toEqual([1, 1]);
  });
});

describe('a traced command', () => {
  it('is told whole by the worker that ends it, whoever took it', async () => {
    await rig.connect('CP1');
    await have('ctraced1', ASKER);
    const { id } = await rig.nthCall(1);
    const second = await rig.start();
    await rig.workers.shift()?.stop();
    expect(second.readiness().ready).toBe(true);
    expect(named('ClearCache')).toEqual([]);
    await rig.answer('CP1', id, { kind: 'result', payload: '{"status":"Accepted"}' });
    await waitUntil('the span of the command', () => named('ClearCache').length === 1);
    const [told] = named('ClearCache');
    expect(told).toMatchObject({ parent: ASKER, kind: 'consumer', events: [{ name: 'sent' }] });
    expect(told?.attributes).toMatchObject({ 'voltlane.outcome': 'accepted', 'voltlane.command': 'ctraced1' });
    const appends = named('journal append').map(({ parent }) => parent);
    expect(appends.length).toBeGreaterThanOrEqual(2);
    expect(new Set(appends)).toEqual(new Set([told?.traceparent]));
  });

  it('takes no room in the state when it is not traced', () => {
    expect(Object.keys(commandOf(submit('cplain', undefined), 0))).not.toContain('trace');
    expect(commandOf(submit('ctraced', ASKER), 0, { own: ASKER, parent: ASKER })).toHaveProperty('trace');
  });
});
