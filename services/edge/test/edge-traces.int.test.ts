/** A real edge on a real nats-server, with chargers on real sockets that say what can and what cannot be read. */
import { type Bus, connectNats } from '@voltlane/bus';
import { type NatsServer, startNatsServer } from '@voltlane/testkit';
import { systemClock } from '@voltlane/time';
import {
  chargerId,
  createSubjects,
  decodeTraceReport,
  encodeTraceAsk,
  type TraceEvent,
  tenant,
  traceId,
} from '@voltlane/wire';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TRACE_TEXT_BYTES_MAX } from '../src/frame-tap.ts';
import { type Rig, startRig, waitUntil } from './rig.ts';

const subjects = createSubjects('');
const FRAME_BYTES_MAX = 131_072;

let server: NatsServer;
let buses: Bus[];
let asker: Bus;
let rig: Rig;

beforeAll(async () => {
  server = await startNatsServer();
});

afterAll(() => server.stop());

const connect = async (name: string): Promise<Bus> => {
  const bus = await connectNats({ urls: [server.url], name, clock: systemClock });
  buses.push(bus);
  return bus;
};

beforeEach(async () => {
  buses = [];
  asker = await connect('asker');
  rig = await startRig({ connect, config: { frameBytesMax: FRAME_BYTES_MAX } });
});

afterEach(async () => {
  await rig.stop();
  for (const bus of buses) await bus.close();
});

/** Follows a charger; the events as they come. */
async function trace(charger: string): Promise<readonly TraceEvent[]> {
  const id = traceId(`t-${charger}`);
  const events: TraceEvent[] = [];
  asker.subscribe(subjects.traceReports(id), ({ data }) => {
    const { said } = decodeTraceReport(data);
    if (said.kind === 'event') events.push(said.event);
  });
  const address = { tenant: tenant('default'), chargerId: chargerId(charger) };
  asker.publish(subjects.traceAsks(), encodeTraceAsk({ traceId: id, ...address, leaseMs: 20_000 }));
  await waitUntil(() => rig.edge.traces() > 0, 'the edge was asked');
  return events;
}

const frames = (events: readonly TraceEvent[]): (TraceEvent & { kind: 'frame' })[] =>
  events.filter((event) => event.kind === 'frame');

describe('the trace of a charger', () => {
  it('shows a call, its answer, a command and its answer as they passed, and the end', async () => {
    const events = await trace('CP1');
    const charger = await rig.connect('/ocpp/CP1');
    await charger.ask('[2, "1","Heartbeat",{}]');
    rig.worker.command(
      rig.worker.session('CP1'),
      'c1',
      'ChangeConfiguration',
      '{"key":"AuthorizationKey","value":"hunter2"}',
    );
    await charger.next('the command');
    charger.send('[4,"c1","GenericError","hunter2 is weak",{}]');
    charger.socket.close(1000, 'done');
    await waitUntil(() => events.at(-1)?.kind === 'closed', 'the end was told');
    expect(events[0]).toEqual({ kind: 'opened', version: '1.6', openedAgoMs: 0 });
    expect(frames(events).map(({ direction, type, text, masked }) => [direction, type, text, masked])).toEqual([
      ['in', 'call', '[2, "1","Heartbeat",{}]', false],
      ['out', 'result', '[3,"1",{"currentTime":"2026-01-01T00:00:00.000Z"}]', false],
      ['out', 'call', '[2,"c1","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"}]', true],
      ['in', 'error', '[4,"c1","GenericError","***",{}]', true],
    ]);
    expect(events.at(-1)).toEqual({ kind: 'closed', code: 1000, reason: 'done' });
  });

  it('shows frames nobody can read, and says what is wrong with them', async () => {
    const events = await trace('CP2');
    const charger = await rig.connect('/ocpp/CP2', 'ocpp2.0.1');
    charger.send('[2,"1","Heartbeat"');
    const longText = `[2,"2","DataTransfer",{"vendorId":"v","data":"${'ä'.repeat(50_000)}"}]`;
    charger.send(longText);
    await waitUntil(() => frames(events).filter(({ direction }) => direction === 'out').length === 2, 'both answers');
    charger.socket.send(Buffer.from([0x5b, 0x32, 0xff]), { binary: true });
    await waitUntil(() => events.at(-1)?.kind === 'closed', 'the end was told');
    const [broken, long, binary] = frames(events).filter(({ direction }) => direction === 'in');
    expect(broken).toMatchObject({ type: 'call', text: '[2,"1","Heartbeat"', invalid: 'malformed-json', cut: false });
    expect(long).toMatchObject({ cut: true, invalid: undefined, bytes: Buffer.byteLength(longText) });
    expect(Buffer.byteLength(long?.text ?? '')).toBeGreaterThan(TRACE_TEXT_BYTES_MAX - 4);
    expect(Buffer.byteLength(long?.text ?? '')).toBeLessThanOrEqual(TRACE_TEXT_BYTES_MAX);
    expect(long?.text).not.toContain('\uFFFD');
    expect(binary).toMatchObject({ type: 'other', text: '[2\uFFFD', invalid: 'notUtf8', bytes: 3 });
    expect(events.at(-1)).toMatchObject({ kind: 'closed', code: 1007 });
  });

  it('says that a message was too long to be taken', async () => {
    const events = await trace('CP3');
    const charger = await rig.connect('/ocpp/CP3');
    charger.send('x'.repeat(FRAME_BYTES_MAX + 1));
    await waitUntil(() => events.at(-1)?.kind === 'closed', 'the end was told');
    expect(events.filter(({ kind }) => kind === 'failed')).toEqual([{ kind: 'failed', error: 'tooBig' }]);
  });
});
