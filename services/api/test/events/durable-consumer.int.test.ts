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
  /** Dies with a record in hand: handled, not acknowledged. */
  readonly die: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Reads every record of the tenant. */
async function backend(url: string, seen: Seen[]): Promise<Backend> {
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
  let dying = false;
  const reading = (async (): Promise<void> => {
    for await (const message of messages) {
      const record: unknown = JSON.parse(message.string());
      const { charger, events } = record as { charger: string; events: readonly { id: string }[] };
      for (const { id } of events) seen.push({ charger, id });
      if (dying) break;
      message.ack();
    }
  })();
  return {
    die: async () => {
      dying = true;
      await reading;
      await nats.close();
    },
    stop: () => nats.close(),
  };
}

it('gives every event in order, and repeats some only where the consumer was stopped', async () => {
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
    const before = await backend(server.url, seen);
    const writing = write(60);
    await waitUntil('some events', () => seen.length > 60);
    await before.die();
    const atStop = seen.length;
    await writing;
    await server.restart();
    await waitUntil('the writer is connected', () => bus.status() === 'connected');
    const after = await backend(server.url, seen);
    await write(20);
    const chargers = ['CP0', 'CP1', 'CP2'];
    const last = chargers.map((charger) => writer.written.get(charger)?.at(-1));
    await waitUntil('the last events', () => last.every((id) => seen.some((one) => one.id === id)));
    await after.stop();
    for (const charger of chargers) {
      const ids = seen.filter((one) => one.charger === charger).map(({ id }) => id);
      const firsts = ids.filter((id, index) => ids.indexOf(id) === index);
      expect([charger, firsts]).toEqual([charger, writer.written.get(charger)]);
    }
    const repeated = seen
      .map(({ id }, index) => [id, index] as const)
      .filter(([id, index]) => seen.findIndex((one) => one.id === id) < index);
    expect(repeated.length).toBeGreaterThan(0);
    // The record that was not acknowledged, and nothing else.
    expect(repeated.map(([, index]) => index)).toEqual(repeated.map((_, at) => atStop + at));
    expect(repeated.length).toBeLessThanOrEqual(2);
    await bus.close();
  } finally {
    await server.stop();
  }
});
