/**
 * Nanoseconds per encode and decode. Run: npx node --conditions=source libs/wire/test/wire.bench.ts
 * Best and median of several rounds, because the machine is shared; JSON of the same message stands beside for scale.
 */
import {
  chargerId,
  createSubjects,
  decodeDownlink,
  decodeStateHeader,
  decodeUplink,
  encodeDownlink,
  encodeEventRecord,
  encodeStateHeader,
  encodeToken,
  encodeUplink,
  fingerprint,
  partitionOf,
} from '../src/index.ts';
import { DOWNLINKS, METER_CALL, METER_VALUES } from './samples.ts';

const ROUNDS = 15;
const RUNS = 20_000;

let sink: unknown;

function measure(name: string, run: () => unknown): void {
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = process.cpuUsage();
    for (let index = 0; index < RUNS; index += 1) sink = run();
    const used = process.cpuUsage(start);
    costs.push(((used.user + used.system) * 1000) / RUNS);
  }
  costs.sort((a, b) => a - b);
  const best = Math.round(costs[0] ?? 0);
  const median = Math.round(costs[ROUNDS >> 1] ?? 0);
  console.log(`${name.padEnd(44)} ${String(best).padStart(6)} ns best ${String(median).padStart(6)} ns median`);
}

const call = { ...METER_CALL, chargerId: chargerId('CP-000123') };
const heartbeat = { ...call, action: 'Heartbeat', payload: '{}' };
const reply = DOWNLINKS['downlink-reply-result'];
if (reply === undefined) throw new Error('sample is gone');
const meterBytes = encodeUplink(call);
const heartbeatBytes = encodeUplink(heartbeat);
const replyBytes = encodeDownlink(reply);
const json = JSON.stringify(call);
const state = {
  registration: 'Accepted',
  session: { id: 's', openedAtMs: 5 },
  connectors: { '1/1': { status: 'Available' } },
};
const header = encodeStateHeader(state);
const subjects = createSubjects();
const record = {
  v: 1 as const,
  tenant: 'default',
  charger: 'CP1',
  recordedAt: '2026-01-01T00:00:00.000Z',
  events: [{ id: 'e', kind: 'meter.values' as const, at: '2026-01-01T00:00:00.000Z', data: { connectorId: 1 } }],
  source: { version: '1.6' as const, action: 'MeterValues', messageId: 'm', receivedAt: '2026-01-01T00:00:00.000Z' },
};

console.log(
  `node ${process.version}; payload of MeterValues ${METER_VALUES.length} characters, envelope ${meterBytes.length} bytes`,
);
measure('encodeUplink MeterValues', () => encodeUplink(call));
measure('decodeUplink MeterValues', () => decodeUplink(meterBytes));
measure('encodeUplink Heartbeat', () => encodeUplink(heartbeat));
measure('decodeUplink Heartbeat', () => decodeUplink(heartbeatBytes));
measure('encodeDownlink reply', () => encodeDownlink(reply));
measure('decodeDownlink reply', () => decodeDownlink(replyBytes));
measure('JSON.stringify of the MeterValues message', () => Buffer.from(JSON.stringify(call)));
measure('JSON.parse of the MeterValues message', (): unknown => JSON.parse(json));
measure('fingerprint of the MeterValues payload', () => fingerprint(METER_VALUES));
measure('encodeEventRecord MeterValues', () => encodeEventRecord(record, METER_VALUES));
measure('encodeStateHeader small state', () => encodeStateHeader(state));
measure('decodeStateHeader small state', () => decodeStateHeader(header));
measure('partitionOf', () => partitionOf(call.tenant, call.chargerId, 256));
measure('encodeToken plain', () => encodeToken('CP-000123'));
measure('encodeToken with blanks and letters', () => encodeToken(METER_CALL.chargerId));
measure('subjects.eventState', () => subjects.eventState(call));
if (sink === undefined) console.log('nothing was measured');
