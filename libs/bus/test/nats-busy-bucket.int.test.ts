/** A bucket that never rests, as that of the workers' heartbeats: who begins to read it is told every key, and that this was all. */
import { type NatsServer, startNatsServer } from '@voltlane/testkit';
import { sleep, systemClock } from '@voltlane/time';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bus, connectNats, type KeyValue } from '../src/index.ts';
import { bytes, fresh } from './harness.ts';

const KEYS = Array.from({ length: 6 }, (_, index) => `k${index}`);
const READERS = 4;
const ROUNDS = 100;
const READY_MS_MAX = 10_000;

describe('a bucket that never rests', () => {
  let server: NatsServer;
  const buses: Bus[] = [];
  const options = { bucket: fresh('bucket'), maxAgeMs: 0, valueBytesMax: 100 };

  const open = async (name: string): Promise<KeyValue> => {
    const bus = await connectNats({ urls: server.url, name, clock: systemClock });
    buses.push(bus);
    return bus.keyValue(options);
  };

  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(async () => {
    await Promise.all(buses.map((bus) => bus.close()));
    await server.stop();
  });

  it('is told as a whole before it is told to be whole', { timeout: 60_000 }, async () => {
    const written = await open('writer');
    for (const key of KEYS) await written.put(key, bytes('0'));
    let writing = true;
    const writers = [0, 1, 2].map(async (first) => {
      for (let turn = first; writing; turn += 3) {
        await written.put(KEYS[turn % KEYS.length] ?? '', bytes(String(turn)));
        await sleep(systemClock, 5);
      }
    });

    const read = async (bucket: KeyValue): Promise<readonly string[]> => {
      const told = new Set<string>();
      const ready = Promise.withResolvers<readonly string[]>();
      const cancel = systemClock.after(READY_MS_MAX, () => ready.reject(new Error('was never told to be whole')));
      const watch = await bucket.watch(
        '>',
        ({ key }) => told.add(key),
        () => ready.resolve([...told].toSorted()),
      );
      return ready.promise.finally(() => {
        cancel();
        watch.unsubscribe();
      });
    };
    const readers = Array.from({ length: READERS }, async (_, index) => {
      const bucket = await open(`reader ${index}`);
      for (let round = 0; round < ROUNDS; round += 1) {
        expect(await read(bucket)).toEqual(KEYS);
        expect([...(await bucket.keys())].toSorted()).toEqual(KEYS);
      }
    });
    await Promise.all(readers);
    writing = false;
    await Promise.all(writers);
  });
});
