/** Settings of handlers on a real nats-server: a change is in force everywhere within a second. */
import { type Bus, connectNats } from '@voltlane/bus';
import { type NatsServer, startNatsServer, waitUntil } from '@voltlane/testkit';
import { systemClock } from '@voltlane/time';
import { tenant } from '@voltlane/wire';
import { afterEach, expect, it } from 'vitest';
import { type HandlerSettings, openHandlerSettings, readTenantHandlers } from '../src/index.ts';

const DEFAULT = tenant('default');
const CHANGE_MS_MAX = 1_000;

let server: NatsServer | undefined;
const buses: Bus[] = [];

afterEach(async () => {
  for (const bus of buses.splice(0)) await bus.close();
  await server?.stop();
  server = undefined;
});

async function settings(url: string, name: string): Promise<HandlerSettings> {
  const bus = await connectNats({ urls: url, name, clock: systemClock });
  buses.push(bus);
  return openHandlerSettings(bus);
}

it('a change of handlers is in force on every connection within a second', async () => {
  server = await startNatsServer();
  const writer = await settings(server.url, 'writer');
  const readers = [await settings(server.url, 'reader1'), await settings(server.url, 'reader2')];
  const everywhere = (fallback: string | undefined): Promise<unknown> =>
    waitUntil(
      `fallback ${fallback} everywhere`,
      () => readers.every((reader) => reader.of(DEFAULT, 'Authorize')?.fallback === fallback),
      { timeoutMs: CHANGE_MS_MAX, everyMs: 5 },
    );
  await writer.put(DEFAULT, readTenantHandlers({ actions: { Authorize: { fallback: 'reject' } } }));
  await everywhere('reject');
  await writer.put(DEFAULT, readTenantHandlers({ actions: { Authorize: { fallback: 'accept' } } }));
  await everywhere('accept');
  await writer.delete(DEFAULT);
  await everywhere(undefined);
  const late = await settings(server.url, 'late');
  expect(late.of(DEFAULT, 'Authorize')).toBeUndefined();
});
