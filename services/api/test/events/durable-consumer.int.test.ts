/** A backend without our code: a durable consumer as docs/contract.md has it, stopped and started again in the middle. */
import { startNatsServer, waitUntil } from '@voltlane/testkit';
import { AckPolicy, connect, type NatsConnection } from 'nats';
import { expect, it } from 'vitest';
import { recordWriter } from '../charger-records.ts';
import { connectTo, journalOf } from '../running-api.ts';

interface Seen {
  readonly charger: string;
  readonly id: string;
}

interface Backend {
  /** Resolves when it has died. */
  readonly died: Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Reads every record of the tenant; dies with a record in hand, handled and not acknowledged, when `dieAt` events are seen. */
async function backend(url: string, seen: Seen[], dieAt = Infinity): Promise<Backend> {
  const nats: NatsConnection = await connect({ servers: url });
  const { consumers } = await nats.jetstreamManager();
  await consumers.add('VOLTLANE_EVENTS', {
    durable_name: 'billing',
    filter_subject: 'event.default.*.*',
    ack_policy: AckPolicy.Explicit,
    max_ack_pending: 1,
    ack_wait: 1_000_000_000,
  });
  const billing = await nats.jetstream().consumers.get('VOLTLANE_EVENTS', 'billing');
  const messages = await billing.consume();
  const died = (async (): Promise<void> => {
    for await (const message of messages) {
      const record: unknown = JSON.parse(message.string());
      const { charger, events } = record as { charger: string; events: readonly { id: string }[] };
      for (const { id } of events) seen.push({ charger, id });
      if (seen.length >= dieAt) return nats.close();
      message.ack();
    }
  })();
  return { died, stop: () => nats.close() };
}

/** How many events came again from `start` on. They must be the last ones seen before it, in their order, and nothing else. */
function comingAgain(seen: readonly Seen[], start: number): number {
  const before = [...new Set(seen.slice(0, start).map(({ id }) => id))];
  const after = seen.slice(start).map(({ id }) => id);
  const again = after.filter((id) => before.includes(id));
  expect(after.slice(0, again.length)).toEqual(before.slice(before.length - again.length));
  return again.length;
}

it('gives every event in order, and repeats some only where the consumer or its server was stopped', async () => {
  const server = await startNatsServer();
  try {
    const bus = await connectTo({ urls: [server.url] }, 'worker');
    const writer = recordWriter(await journalOf(bus));
    const write = async (records: number): Promise<void> => {
      for (let index = 0; index < records; index += 1) {
        await writer.state(`CP${index % 3}`, ['connector.status', 'device.event']);
        await writer.meter(`CP${index % 3}`);
        await writer.state('other/CP1', ['connector.status']);
      }
    };
    const seen: Seen[] = [];
    const first = await backend(server.url, seen, 60);
    const writing = write(60);
    await first.died;
    const firstStop = seen.length;

    const second = await backend(server.url, seen, firstStop + 60);
    await second.died;
    const secondStop = seen.length;
    // The record that was not acknowledged, and nothing else.
    const secondAgain = comingAgain(seen, firstStop);
    expect(secondAgain).toBeGreaterThan(0);
    expect(secondAgain).toBeLessThanOrEqual(2);

    await writing;
    await server.restart();
    await waitUntil('the writer is connected', () => bus.status() === 'connected');
    const third = await backend(server.url, seen);
    await write(20);
    const chargers = ['CP0', 'CP1', 'CP2'];
    const last = chargers.map((charger) => writer.written.get(charger)?.at(-1));
    await waitUntil('the last events', () => last.every((id) => seen.some((one) => one.id === id)));
    await third.stop();
    // A killed server forgets what was acknowledged in its last moments too: how much is its business, the order is ours.
    expect(comingAgain(seen, secondStop)).toBeGreaterThan(0);
    for (const charger of chargers) {
      const ids = seen.filter((one) => one.charger === charger).map(({ id }) => id);
      const firsts = ids.filter((id, index) => ids.indexOf(id) === index);
      expect([charger, firsts]).toEqual([charger, writer.written.get(charger)]);
    }
    await bus.close();
  } finally {
    await server.stop();
  }
});
