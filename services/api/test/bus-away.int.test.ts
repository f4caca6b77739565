/** What the api says while the bus is away: that it is away, at once, and everything again when it is back. */
import { createMemoryBus, type MemoryBroker } from '@voltlane/bus';
import { waitUntil } from '@voltlane/testkit';
import { systemClock } from '@voltlane/time';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiRig, startRig } from './rig.ts';

let broker: MemoryBroker;
let rig: ApiRig;

beforeEach(async () => {
  broker = createMemoryBus({ clock: systemClock });
  rig = await startRig({}, broker.connect('api'));
});

afterEach(() => rig.stop());

describe('while the bus is away', () => {
  it.each([
    ['a read', '/v1/chargers/CP1', {}],
    ['a write', '/v1/chargers/CP1', { method: 'PUT', body: {} }],
    ['a list', '/v1/tokens', {}],
    [
      'an import',
      '/v1/tokens/import',
      { method: 'POST', body: '{"idToken":"A"}\n', headers: { 'content-type': 'application/x-ndjson' } },
    ],
    ['a new key', '/v1/api-keys', { method: 'POST', body: { name: 'x', role: 'viewer' } }],
  ])('%s is answered 503 and served when the bus is back', async (_, path, ask) => {
    broker.cut('api');
    const { status, headers, body } = await rig.ask(path, ask);
    expect([status, headers.get('retry-after'), body]).toMatchObject([503, '1', { code: 'unavailable' }]);
    expect((await fetch(`${rig.url}/readyz`)).status).toBe(503);
    broker.heal('api');
    await waitUntil('an answer', async () => (await rig.ask(path, ask)).status < 500);
    expect(rig.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
