/**
 * Cost of each operation of the NATS adapter: client CPU µs (this process's own accounting, user + system) and rate.
 * `npx node --conditions=source libs/bus/test/journal.bench.ts [operations]`; starts a server of its own.
 */
import { cpus, loadavg } from 'node:os';
import { startNatsServer } from '@voltlane/testkit';
import { sleep, systemClock } from '@voltlane/time';
import { type Bus, type BusMessage, connectNats, createMemoryBus } from '../src/index.ts';
import { journalOptions } from './harness.ts';

const operations = Number(process.argv[2] ?? 50_000);
const PARALLEL = 256;
const body = new Uint8Array(400).fill(120);
const headers = { 'Vl-State': 'x'.repeat(300) };

async function measure(name: string, run: (count: number) => Promise<void>): Promise<void> {
  await run(Math.ceil(operations / 10));
  const startMs = systemClock.monotonicMs();
  const start = process.cpuUsage();
  await run(operations);
  const used = process.cpuUsage(start);
  const wallMs = systemClock.monotonicMs() - startMs;
  const cpuUs = (used.user + used.system) / operations;
  console.log(
    `${name.padEnd(44)} ${cpuUs.toFixed(1).padStart(7)} µs CPU ${Math.round((operations / wallMs) * 1_000)
      .toString()
      .padStart(8)}/s`,
  );
}

/** Runs `one` for 0 … count - 1, `PARALLEL` at a time. */
async function parallel(count: number, one: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (;;) {
      const index = next;
      next += 1;
      if (index >= count) return;
      await one(index);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
}

/** Publish with our own reply subject and a map, echoed by `echo`. */
async function roundTrips(bus: Bus, inbox: string, count: number, waiting: Map<number, () => void>): Promise<void> {
  await parallel(
    count,
    (index) =>
      new Promise<void>((resolve) => {
        waiting.set(index, resolve);
        bus.publish('bench.echo', body, `${inbox}.${index}`);
      }),
  );
}

async function messaging(kind: string, bus: Bus, echo: Bus): Promise<void> {
  const waiting = new Map<number, () => void>();
  const inbox = `bench.inbox.${kind}`;
  bus.subscribe(`${inbox}.*`, (message: BusMessage) => {
    const index = Number(message.subject.slice(inbox.length + 1));
    waiting.get(index)?.();
    waiting.delete(index);
  });
  echo.subscribe('bench.echo', (message) => echo.publish(message.reply ?? 'none', message.data));
  await bus.flush();
  await echo.flush();
  await measure(`${kind}: publish, nobody listens`, async (count) => {
    for (let index = 0; index < count; index += 1) {
      bus.publish('bench.void', body);
      if (index % 1_000 === 999) await bus.flush();
    }
    await bus.flush();
  });
  await measure(`${kind}: round trip, both ends in this process`, (count) => roundTrips(bus, inbox, count, waiting));
  await measure(`${kind}: request()`, (count) => parallel(count, () => bus.request('bench.echo', body, 5_000)));
}

async function stores(kind: string, bus: Bus): Promise<void> {
  const journal = await bus.journal(journalOptions(`bench${kind}`));
  const tails = new Map<string, number>();
  const subjects = Array.from({ length: PARALLEL }, (_, index) => `bench${kind}.t.c${index}.state`);
  const lanes = new Map(subjects.map((subject) => [subject, Promise.resolve()]));
  await measure(`${kind}: journal append, fenced`, async (count) => {
    for (let index = 0; index < count; index += 1) {
      const subject = subjects[index % PARALLEL] ?? '';
      if (index % PARALLEL === 0) await Promise.all(lanes.values());
      const append = async (): Promise<void> => {
        const result = await journal.append(subject, { body, headers }, tails.get(subject) ?? 0);
        if (result.kind === 'appended') tails.set(subject, result.sequence);
        else throw new Error(`conflict on ${subject}`);
      };
      lanes.set(subject, append());
    }
    await Promise.all(lanes.values());
  });
  let id = 0;
  await measure(`${kind}: journal record, deduplicated`, (count) =>
    parallel(count, () => journal.record(`bench${kind}.t.c.meter`, { body, headers: {} }, `id${(id += 1)}`)),
  );
  await measure(`${kind}: journal readLast`, (count) =>
    parallel(count, (index) => journal.readLast(subjects[index % PARALLEL] ?? '')),
  );
  await measure(`${kind}: journal consume`, async (count) => {
    let seen = 0;
    const subscription = await journal.consume(`bench${kind}.>`, 1, () => void (seen += 1));
    while (seen < Math.min(count, 50_000)) await sleep(systemClock, 1);
    subscription.unsubscribe();
  });
  const bucket = await bus.keyValue({ bucket: `bench${kind}`, maxAgeMs: 0, valueBytesMax: 10_000 });
  await measure(`${kind}: bucket put`, (count) => parallel(count, (index) => bucket.put(`k.${index % 1_000}`, body)));
  await measure(`${kind}: bucket get`, (count) => parallel(count, (index) => bucket.get(`k.${index % 1_000}`)));
}

console.log(
  `node ${process.version}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, ${operations} operations, ${PARALLEL} at once, body 400 B, state 300 B`,
);
// Timers of the clock do not keep a process alive.
const keepAlive = setInterval(() => {}, 1_000);
const server = await startNatsServer();
const bus = await connectNats({ urls: server.url, name: 'bench', clock: systemClock, ackTimeoutMs: 30_000 });
const echo = await connectNats({ urls: server.url, name: 'echo', clock: systemClock });
await messaging('nats', bus, echo);
await stores('nats', bus);
await bus.close();
await echo.close();
await server.stop();
const broker = createMemoryBus({ clock: systemClock });
await messaging('memory', broker.connect('a'), broker.connect('b'));
await stores('memory', broker.connect('c'));
clearInterval(keepAlive);
