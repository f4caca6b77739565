/**
 * What an edge does for every frame: parse, check. Figures per second of CPU; not part of the test run.
 * Run: npx node --conditions=source libs/ocpp/test/hot-path.bench.ts
 */
import { type OcppVersion, parseFrame, validate } from '../src/index.ts';

const AT = '2024-03-01T10:00:00.000Z';
const sample = (measurand: string, n: number): object => ({
  value: `${1234.5 + n}`,
  context: 'Sample.Periodic',
  measurand,
  location: 'Outlet',
});
const measurands = [
  'Energy.Active.Import.Register',
  'Power.Active.Import',
  'Current.Import',
  'Voltage',
  'Current.Offered',
  'Power.Offered',
  'SoC',
  'Temperature',
  'Frequency',
];

const FRAMES: readonly (readonly [name: string, version: OcppVersion, action: string, text: string])[] = [
  ['Heartbeat 1.6', '1.6', 'Heartbeat', '[2,"0f8fad5b-d9cb-469f-a165-70867728950e","Heartbeat",{}]'],
  [
    'StatusNotification 1.6',
    '1.6',
    'StatusNotification',
    `[2,"0f8fad5b-d9cb-469f-a165-70867728950e","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Charging","timestamp":"${AT}"}]`,
  ],
  [
    'MeterValues 1.6, 9 values',
    '1.6',
    'MeterValues',
    JSON.stringify([
      2,
      '0f8fad5b-d9cb-469f-a165-70867728950e',
      'MeterValues',
      { connectorId: 1, transactionId: 1234567, meterValue: [{ timestamp: AT, sampledValue: measurands.map(sample) }] },
    ]),
  ],
  [
    'TransactionEvent 2.0.1, 7 values',
    '2.0.1',
    'TransactionEvent',
    JSON.stringify([
      2,
      '0f8fad5b-d9cb-469f-a165-70867728950e',
      'TransactionEvent',
      {
        eventType: 'Updated',
        timestamp: AT,
        triggerReason: 'MeterValuePeriodic',
        seqNo: 12,
        transactionInfo: { transactionId: '6ba7b810-9dad-11d1-80b4-00c04fd430c8', chargingState: 'Charging' },
        evse: { id: 1, connectorId: 1 },
        meterValue: [
          {
            timestamp: AT,
            sampledValue: measurands.slice(0, 7).map((measurand, n) => ({
              value: 1234.5 + n,
              context: 'Sample.Periodic',
              measurand,
              location: 'Outlet',
              unitOfMeasure: { unit: 'W', multiplier: 0 },
            })),
          },
        ],
      },
    ]),
  ],
  [
    'StopTransaction 1.6, 64-bit id',
    '1.6',
    'StopTransaction',
    `[2,"7","StopTransaction",{"transactionId":9223372036854775807,"meterStop":1,"timestamp":"${AT}"}]`,
  ],
];

/** Runs per second of CPU, the median of seven rounds. */
function perSecond(work: () => void): number {
  const rounds = Array.from({ length: 8 }, () => {
    const start = process.cpuUsage();
    let runs = 0;
    let usedUs = 0;
    do {
      for (let i = 0; i < 2000; i++) work();
      runs += 2000;
      const { user, system } = process.cpuUsage(start);
      usedUs = user + system;
    } while (usedUs < 250_000);
    return (runs / usedUs) * 1e6;
  });
  return rounds.slice(1).toSorted((a, b) => a - b)[3] ?? 0;
}

const thousands = (rate: number): string => `${Math.round(rate / 1000)} k/s`.padStart(11);

console.log(
  `${''.padEnd(42)}${['JSON.parse', 'parseFrame', 'strict', 'lenient'].map((head) => head.padStart(11)).join('')}`,
);
for (const [name, version, action, text] of FRAMES) {
  const frame = parseFrame(text, version);
  if (frame.kind !== 'call' || validate(version, action, 'request', frame.payload, 'strict') !== undefined)
    throw new Error(`${name} is not a valid call`);
  const { payload } = frame;
  const rates = [
    perSecond(() => void JSON.parse(text)),
    perSecond(() => void parseFrame(text, version)),
    perSecond(() => void validate(version, action, 'request', payload, 'strict')),
    perSecond(() => void validate(version, action, 'request', payload, 'lenient')),
  ];
  console.log(`${`${name} (${text.length} B)`.padEnd(42)}${rates.map(thousands).join('')}`);
}
