import { type NatsServer, startNatsServer } from '@voltlane/testkit';
import { sleep, systemClock } from '@voltlane/time';
import { connect, type NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bus, connectNats, type NatsLogEvent } from '../src/index.ts';
import { bytes, fresh, journalOptions, text } from './harness.ts';

describe('streams on a real server', () => {
  let server: NatsServer;
  let bus: Bus;
  /** Somebody else's client: an operator, or a backend in another language. */
  let outside: NatsConnection;
  const log: NatsLogEvent[] = [];

  beforeAll(async () => {
    server = await startNatsServer();
    bus = await connectNats({
      urls: server.url,
      name: 'test',
      clock: systemClock,
      reconnectWaitMsMax: 100,
      ackTimeoutMs: 400,
      pendingAcksMax: 50,
      log: (event) => log.push(event),
    });
    outside = await connect({ servers: server.url });
  });
  afterAll(async () => {
    await bus.close();
    await outside.close();
    await server.stop();
  });

  const record = { body: bytes('x'), headers: {} };

  it('lays the journal out so that any client can follow it', async () => {
    const root = fresh('journal');
    const journal = await bus.journal(journalOptions(root));
    await journal.append(`${root}.t.c.state`, { body: bytes('{"v":1}'), headers: { 'Vl-State': 's' } }, 0);
    const manager = await outside.jetstreamManager();
    const stream = await manager.streams.info(root);
    expect(stream.config).toMatchObject({ allow_direct: true, num_replicas: 1, storage: 'file', retention: 'limits' });
    const message = await manager.streams.getMessage(root, { last_by_subj: `${root}.t.c.state` });
    expect(text(message?.data)).toBe('{"v":1}');
    expect(message?.header.get('Vl-State')).toBe('s');
    expect(stream.config.max_age).toBe(0);
  });

  it('keeps buckets readable for every NATS client', async () => {
    const options = { bucket: fresh('bucket'), maxAgeMs: 0, valueBytesMax: 100 };
    const bucket = await bus.keyValue(options);
    await bucket.put('a.b', bytes('1'));
    const theirs = await outside.jetstream().views.kv(options.bucket);
    expect((await theirs.get('a.b'))?.string()).toBe('1');
    await theirs.put('a.b', '2');
    expect(text((await bucket.get('a.b'))?.value)).toBe('2');
    await theirs.delete('a.b');
    expect(await bucket.get('a.b')).toBeUndefined();
    await theirs.put('a.c', '3');
    await theirs.purge('a.c');
    expect(await bucket.keys()).toEqual([]);
  });

  it('names the setting in which an existing stream differs, and never alters it', async () => {
    const options = journalOptions(fresh('journal'));
    await bus.journal(options);
    await expect(bus.journal({ ...options, storage: 'memory' })).rejects.toThrow(
      /stream journal\w+ exists with storage "file", not "memory"/,
    );
    await expect(bus.journal({ ...options, replicas: 3 })).rejects.toThrow(/num_replicas 1, not 3/);
    await expect(bus.journal({ ...options, subjects: 'elsewhere.*' })).rejects.toThrow(/subjects/);
    const manager = await outside.jetstreamManager();
    expect((await manager.streams.info(options.name)).config).toMatchObject({ num_replicas: 1, storage: 'file' });
  });

  it('refuses a journal whose stream an operator gave an age limit, which would drop the newest states', async () => {
    const options = journalOptions(fresh('journal'));
    await bus.journal(options);
    await (await outside.jetstreamManager()).streams.update(options.name, { max_age: 3_600_000_000_000 });
    await expect(bus.journal(options)).rejects.toThrow(/exists with max_age 3600000000000, not 0/);
  });

  it('trims many idle chargers to one record each, and leaves young ones whole', async () => {
    const root = fresh('journal');
    const old = await bus.journal(journalOptions(root, { maxAgeMs: 300 }));
    const append = async (charger: number): Promise<void> => {
      const subject = `${root}.t.c${charger}.state`;
      for (let index = 0; index < 3; index += 1)
        await old.append(subject, record, (await old.readLast(subject)).expectedSequence);
    };
    for (let charger = 0; charger < 100; charger += 20) {
      await Promise.all(Array.from({ length: 20 }, (_, index) => append(charger + index)));
    }
    expect(await (await bus.journal(journalOptions(root))).trim()).toBe(0);
    await sleep(systemClock, 350);
    expect(await old.trim()).toBe(200);
    const info = await (await outside.jetstreamManager()).streams.info(root);
    expect(info.state).toMatchObject({ messages: 100, num_subjects: 100, last_seq: 300 });
  });

  it('only tells of a difference that breaks no promise', async () => {
    const options = journalOptions(fresh('journal'));
    await bus.journal(options);
    await bus.journal({ ...options, duplicateWindowMs: 180_000 });
    expect(log).toContainEqual({
      kind: 'config-differs',
      stream: options.name,
      setting: 'duplicate_window',
      have: '120000000000',
      want: '180000000000',
    });
  });

  it('says why when the server cannot keep that many copies', async () => {
    const options = journalOptions(fresh('journal'), { replicas: 3 });
    await expect(bus.journal(options)).rejects.toMatchObject({
      code: 'config-mismatch',
      message: expect.stringMatching(/3 replicas/),
    });
  });

  it('says what to do when the server has no JetStream', async () => {
    const plain = await startNatsServer({ jetstream: false });
    const other = await connectNats({ urls: plain.url, name: 'plain', clock: systemClock });
    await expect(other.journal(journalOptions('j'))).rejects.toMatchObject({
      code: 'no-jetstream',
      retryable: false,
      message: expect.stringContaining('nats-server with -js'),
    });
    await expect(other.keyValue({ bucket: 'b', maxAgeMs: 0, valueBytesMax: 1 })).rejects.toMatchObject({
      code: 'no-jetstream',
    });
    await other.close();
    await plain.stop();
  });

  it('lets many processes create the same streams at once', { timeout: 30_000 }, async () => {
    const processes = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        connectNats({ urls: server.url, name: `process ${index}`, clock: systemClock }),
      ),
    );
    for (let round = 0; round < 20; round += 1) {
      const options = journalOptions(fresh('journal'));
      const bucket = { bucket: fresh('bucket'), maxAgeMs: 0, valueBytesMax: 100 };
      const opened = await Promise.all(
        processes.map(async (process) => {
          const values = await process.keyValue(bucket);
          expect(await values.get('a')).toBeUndefined();
          return process.journal(options);
        }),
      );
      expect(await Promise.all(opened.map((journal) => journal.lastSequence()))).toEqual(Array(6).fill(0));
    }
    await Promise.all(processes.map((process) => process.close()));
  });

  it('says that another stream has its subjects', async () => {
    const options = journalOptions(fresh('journal'));
    const manager = await outside.jetstreamManager();
    const name = fresh('other');
    await manager.streams.add({ name, subjects: [`${options.name}.>`] });
    await expect(bus.journal(options)).rejects.toMatchObject({
      code: 'rejected',
      message: expect.stringContaining(`creating stream ${options.name}: subjects overlap with an existing stream`),
    });
    await manager.streams.delete(name);
  });

  it('refuses writes beyond the limit, times out the rest, and they may be there after all', async () => {
    const root = fresh('journal');
    const journal = await bus.journal(journalOptions(root));
    server.freeze();
    const ends = await Promise.allSettled(
      Array.from({ length: 60 }, (_, index) => journal.append(`${root}.t.c${index}.state`, record, 0)),
    );
    const codes = ends.map((end) => (end.status === 'rejected' ? String(end.reason.code) : 'stored'));
    expect(codes).toEqual([...Array(50).fill('timeout'), ...Array(10).fill('overloaded')]);
    expect(bus.stats()).toMatchObject({ pendingAcks: 0 });
    const late = bus.stats().lateReplies;
    server.resume();
    await bus.flush();
    await sleep(systemClock, 200);
    expect(await journal.lastSequence()).toBe(50);
    expect(bus.stats().lateReplies).toBe(late + 50);
    // Unknown outcome: the fenced retry is told that the record is there.
    expect(await journal.append(`${root}.t.c0.state`, record, 0)).toEqual({ kind: 'conflict' });
  });

  it('is told the truth when the journal is gone', async () => {
    const root = fresh('journal');
    const journal = await bus.journal(journalOptions(root));
    const manager = await outside.jetstreamManager();
    await manager.streams.delete(root);
    await expect(journal.append(`${root}.t.c.state`, record, 0)).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
    });
  });

  it('does not take the answer of a plain subscriber for an acknowledgement', async () => {
    const root = fresh('journal');
    const journal = await bus.journal(journalOptions(root));
    const manager = await outside.jetstreamManager();
    await manager.streams.delete(root);
    outside.subscribe(`${root}.t.c.state`, { callback: (_error, message) => void message.respond(bytes('thanks')) });
    await outside.flush();
    await expect(journal.append(`${root}.t.c.state`, record, 0)).rejects.toMatchObject({ code: 'rejected' });
  });

  it('keeps the buckets of two brokers on one server apart by their prefix', async () => {
    const options = { bucket: fresh('bucket'), maxAgeMs: 0, valueBytesMax: 100 };
    const other = await connectNats({ urls: server.url, name: 'other', clock: systemClock, bucketPrefix: 'other_' });
    const [ours, theirs] = [await bus.keyValue(options), await other.keyValue(options)];
    await ours.put('key', bytes('ours'));
    expect(await theirs.get('key')).toBeUndefined();
    const manager = await outside.jetstreamManager();
    expect((await manager.streams.info(`KV_other_${options.bucket}`)).config.name).toBe(`KV_other_${options.bucket}`);
    await other.close();
  });

  it('goes on reading when the server forgot the consumer', async () => {
    const root = fresh('journal');
    const journal = await bus.journal(journalOptions(root));
    const seen: number[] = [];
    await journal.consume(`${root}.>`, 1, (stored) => void seen.push(stored.sequence));
    await journal.record(`${root}.t.c.meter`, record, '1');
    const manager = await outside.jetstreamManager();
    for await (const consumer of manager.consumers.list(root)) await manager.consumers.delete(root, consumer.name);
    await journal.record(`${root}.t.c.meter`, record, '2');
    const deadlineMs = systemClock.monotonicMs() + 8_000;
    while (seen.length < 2 && systemClock.monotonicMs() < deadlineMs) await sleep(systemClock, 10);
    expect(seen).toEqual([1, 2]);
    expect(log.some((event) => event.kind === 'consumer-restarted')).toBe(true);
  });

  it('leaves no consumer behind after unsubscribe', async () => {
    const root = fresh('journal');
    const journal = await bus.journal(journalOptions(root));
    const subscription = await journal.consume(`${root}.>`, 1, () => {});
    const manager = await outside.jetstreamManager();
    const before = (await manager.consumers.list(root).next()).length;
    subscription.unsubscribe();
    await bus.flush();
    await sleep(systemClock, 50);
    expect([before, (await manager.consumers.list(root).next()).length]).toEqual([1, 0]);
  });

  it('carries large records through a reader', async () => {
    const root = fresh('journal');
    const journal = await bus.journal(journalOptions(root));
    const body = new Uint8Array(bus.payloadBytesMax - 500).fill(7);
    for (let index = 0; index < 12; index += 1)
      await journal.record(`${root}.t.c.meter`, { body, headers: {} }, `${index}`);
    const lengths: number[] = [];
    await journal.consume(`${root}.>`, 1, (stored) => void lengths.push(stored.body.length));
    const deadlineMs = systemClock.monotonicMs() + 8_000;
    while (lengths.length < 12 && systemClock.monotonicMs() < deadlineMs) await sleep(systemClock, 10);
    expect(lengths).toEqual(Array(12).fill(body.length));
  });
});
