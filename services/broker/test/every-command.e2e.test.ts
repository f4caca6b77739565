/**
 * Every action of the central system of every version, over HTTP to one charger and over NATS to another: the CALL on the socket, the
 * outcome, the events. A payload that breaks its schema goes nowhere. Broker and nats-server are processes, backends know neither.
 */
import { connectNats, eventJournalOptions } from '@voltlane/bus';
import { actionsOf, OCPP_VERSIONS, type OcppVersion } from '@voltlane/ocpp';
import {
  eventsByCharger,
  type HistoryEvent,
  loadSamplePayloads,
  type NatsServer,
  readHistory,
  startNatsServer,
} from '@voltlane/testkit';
import { systemClock } from '@voltlane/time';
import { createSubjects } from '@voltlane/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrokerProcess, startBrokerProcess } from './broker-process.ts';
import { type Backend, httpBackend, natsBackend } from './command-backend.ts';
import { type CommandCharger, createCommandCharger, resultOf, type SeenCall } from './command-charger.ts';

const EXPECTED: Readonly<Record<OcppVersion, number>> = { '1.6': 26, '2.0.1': 40, '2.1': 55 };
const TRANSPORTS = ['http', 'nats'] as const;
type Transport = (typeof TRANSPORTS)[number];

const samples = await loadSamplePayloads();

let nats: NatsServer;
let broker: BrokerProcess;
let backends: Readonly<Record<Transport, Backend>>;
const chargers: CommandCharger[] = [];

beforeAll(async () => {
  nats = await startNatsServer();
  broker = await startBrokerProcess(nats.url, { VOLTLANE_API_REQUESTS_BURST_MAX: '10000' });
  backends = { http: httpBackend(broker.apiUrl, broker.apiToken), nats: await natsBackend(nats.url) };
});

afterAll(async () => {
  for (const charger of chargers) charger.leave();
  await backends?.nats.close();
  await broker?.process.stop();
  await nats?.stop();
});

describe.each(OCPP_VERSIONS)('every command of OCPP %s', (version) => {
  const actions = actionsOf(version)
    .filter(({ sender }) => sender !== 'charger')
    .map(({ action }) => action);

  it.each(TRANSPORTS)('over %s becomes its CALL, its answer the outcome, and both are told as events', async (by) => {
    expect(actions).toHaveLength(EXPECTED[version]);
    const charger = await connected(version, by, (call) =>
      resultOf(call, samples.minimal(version, call.action, 'response')),
    );
    const commandIds: string[] = [];
    for (const action of actions) {
      const payload = requestOf(version, action);
      const { status, body } = await backends[by].send(charger.id, action, payload);
      const commandId = String(body['commandId']);
      expect(status, action).toBe(by === 'http' ? 200 : 0);
      expect(body).toEqual({
        v: 1,
        commandId,
        tenant: 'default',
        charger: charger.id,
        action,
        status: 'finished',
        outcome: 'accepted',
        sent: true,
        response: samples.minimal(version, action, 'response'),
        requestedAt: expect.any(String),
        sentAt: expect.any(String),
        finishedAt: expect.any(String),
      });
      expect(charger.calls.at(-1)?.frame).toBe(`[2,"${commandId}","${action}",${JSON.stringify(payload)}]`);
      expect((await backends[by].look(commandId)).body, action).toEqual(body);
      commandIds.push(commandId);
    }
    expect(charger.calls.map(({ id }) => id)).toEqual(commandIds);
    const told = (await eventsOf(charger.id)).filter(({ event }) => event.kind.startsWith('command.'));
    const expected = commandIds.flatMap((commandId, index) =>
      ['command.queued', 'command.sent', 'command.finished'].map((kind) => ({
        kind,
        commandId,
        action: actions[index],
      })),
    );
    expect(
      told.map(({ event: { kind, data } }) => ({ kind, commandId: data['commandId'], action: data['action'] })),
    ).toEqual(expected);
    const outcomes = told.filter(({ event }) => event.kind === 'command.finished').map(({ event }) => event.data);
    for (const data of outcomes) expect(data).toMatchObject({ outcome: 'accepted', sent: true });
  });

  it.each(TRANSPORTS)(
    'over %s is refused with the place of the fault when its payload breaks the schema',
    async (by) => {
      const charger = await connected(version, by, (call) => resultOf(call));
      for (const action of actions) {
        const { payload, path } = samples.bad(version, action);
        const { status, body } = await backends[by].send(charger.id, action, payload);
        if (by === 'http') {
          expect(body, action).toMatchObject({ code: 'invalid-payload', path: `/body/payload${path}` });
          expect(status).toBe(400);
        } else expect(body['problem'], action).toMatchObject({ code: 'invalid-payload', path: `/payload${path}` });
      }
      expect(charger.calls).toEqual([]);
      expect((await eventsOf(charger.id)).filter(({ event }) => event.kind.startsWith('command.'))).toEqual([]);
    },
  );

  it('keeps every digit of a number both ways', async () => {
    const big = '9223372036854775807';
    const answer = version === '1.6' ? '{"status":"Accepted","data":"x"}' : `{"status":"Accepted","data":${big}}`;
    const charger = await connected(version, 'http', (call) => `[3,"${call.id}",${answer}]`);
    const payload = version === '1.6' ? '{"vendorId":"V","data":"x"}' : `{"vendorId":"V","data":${big}}`;
    const response = await fetch(`${broker.apiUrl}/v1/chargers/${charger.id}/commands`, {
      method: 'POST',
      headers: { authorization: `Bearer ${broker.apiToken}`, 'content-type': 'application/json' },
      body: `{"action":"DataTransfer","payload":${payload}}`,
    });
    expect(await response.text()).toContain(`"response":${answer}`);
    expect(charger.calls.map(({ frame }) => frame.slice(frame.indexOf('{')))).toEqual([`${payload}]`]);
  });

  it('ends as callError when the answer breaks its schema, which only OCPP 2.1 tells the charger', async () => {
    const charger = await connected(version, 'http', (call) => resultOf(call, { status: 'Perhaps' }));
    const { body } = await backends.http.send(charger.id, 'ClearCache', {});
    expect(body).toMatchObject({
      outcome: 'callError',
      sent: true,
      error: { code: 'PropertyConstraintViolation', details: { payload: { status: 'Perhaps' } } },
    });
    const errors = charger.frames.filter((frame) => !frame.startsWith('[3,"boot"')).map((frame) => JSON.parse(frame));
    const expected = [[5, body['commandId'], 'PropertyConstraintViolation', expect.any(String), expect.any(Object)]];
    expect(errors).toEqual(version === '2.1' ? expected : []);
  });
});

/** The smallest request of an action; TriggerMessage asks for what an accepted charger may be asked for. */
function requestOf(version: OcppVersion, action: string): object {
  const payload = samples.minimal(version, action, 'request');
  return 'requestedMessage' in payload ? { ...payload, requestedMessage: 'Heartbeat' } : payload;
}

async function connected(
  version: OcppVersion,
  name: string,
  answer: (call: SeenCall) => string | undefined,
): Promise<CommandCharger> {
  const id = `CP${chargers.length}${name}`;
  const charger = createCommandCharger({ urls: [broker.ocppUrl], id, version, answer });
  chargers.push(charger);
  await charger.start();
  return charger;
}

async function eventsOf(charger: string): Promise<readonly HistoryEvent[]> {
  const subjects = createSubjects('');
  const bus = await connectNats({ urls: [nats.url], name: 'history', clock: systemClock });
  try {
    const options = { maxAgeMs: 168 * 3_600_000, replicas: 1, storage: 'file', duplicateWindowMs: 600_000 } as const;
    const journal = await bus.journal(eventJournalOptions(subjects, options));
    return eventsByCharger(await readHistory(journal, subjects.eventFilter({}))).get(charger) ?? [];
  } finally {
    await bus.close();
  }
}
