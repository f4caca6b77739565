/**
 * How an OCPP payload should travel: as the charger's JSON text inside the envelope, or decoded and packed again. Prints µs per
 * message for the way edge → worker → journal. `node --conditions=source libs/wire/test/payload.bench.ts`
 */
import { Packr } from 'msgpackr';

const plain = new Packr({ useRecords: false });
const records = new Packr({ structures: [] });

const sampled = ['Energy.Active.Import.Register', 'Power.Active.Import', 'Current.Import', 'Voltage', 'SoC'].map(
  (measurand, n) => ({
    value: String(1000 + n),
    measurand,
    unit: 'Wh',
    context: 'Sample.Periodic',
    location: 'Outlet',
  }),
);
const payload = {
  connectorId: 1,
  transactionId: 17,
  meterValue: [{ timestamp: '2026-01-01T00:00:00.000Z', sampledValue: sampled }],
};
const text = JSON.stringify(payload);

function measure(name: string, once: () => unknown): void {
  for (let n = 0; n < 20_000; n += 1) once();
  const rounds = 100_000;
  const from = process.hrtime.bigint();
  for (let n = 0; n < rounds; n += 1) once();
  const us = Number(process.hrtime.bigint() - from) / 1000 / rounds;
  console.log(`${us.toFixed(2).padStart(7)} µs  ${name}`);
}

console.log(
  `node ${process.version}, payload of ${text.length} characters; the edge has parsed it for validation already`,
);
measure('text: pack, unpack, parse in the worker, embed in the record', () => {
  const message = plain.unpack(plain.pack([1, 'MeterValues', text])) as [number, string, string];
  return [JSON.parse(message[2]), `{"payload":${message[2]}}`];
});
measure('decoded, msgpack without records: pack, unpack, stringify for the record', () => {
  const message = plain.unpack(plain.pack([1, 'MeterValues', payload])) as [number, string, object];
  return `{"payload":${JSON.stringify(message[2])}}`;
});
measure('decoded, msgpack with shared records: pack, unpack, stringify for the record', () => {
  const message = records.unpack(records.pack([1, 'MeterValues', payload])) as [number, string, object];
  return `{"payload":${JSON.stringify(message[2])}}`;
});
