import { actionsOf, OCPP_VERSIONS } from '@voltlane/ocpp';
import { describe, expect, it } from 'vitest';
import { decodeTenantHandlers, encodeTenantHandlers } from '../src/handler-record.ts';
import { delegableActions, fallbacksOf, HANDLER_FALLBACKS, readTenantHandlers } from '../src/index.ts';

const DEFAULTS = { deadlineMs: 3000, attempts: 2, fallback: 'builtIn' };

describe('handlers of a tenant', () => {
  it('are read with what was left out, and survive being stored', () => {
    const handlers = readTenantHandlers({ actions: { Authorize: {}, Heartbeat: { deadlineMs: 100, attempts: 5 } } });
    expect(handlers).toEqual({
      actions: { Authorize: DEFAULTS, Heartbeat: { ...DEFAULTS, deadlineMs: 100, attempts: 5 } },
    });
    expect(decodeTenantHandlers(encodeTenantHandlers(handlers))).toEqual(handlers);
    expect(JSON.parse(Buffer.from(encodeTenantHandlers(handlers)).toString())).toMatchObject({ v: 1 });
  });

  it.each([
    [{ actions: { Autorize: {} } }, 'action is "Autorize", expected an action that chargers send'],
    [{ actions: { Reset: {} } }, 'action is "Reset", expected an action that chargers send'],
    [{ actions: { NotifyPeriodicEventStream: {} } }, 'expected an action that chargers send and that is answered'],
    [{ actions: { Authorize: true } }, 'Authorize is true, expected an object'],
    [{ actions: { Authorize: { deadlineMS: 5 } } }, 'Authorize: unknown field "deadlineMS", expected deadlineMs'],
    [{ actions: { Authorize: { deadlineMs: 99 } } }, 'Authorize: deadlineMs is 99, expected a whole number from 100'],
    [{ actions: { Authorize: { deadlineMs: 20_001 } } }, 'whole number from 100 to 20000'],
    [{ actions: { Authorize: { attempts: 0 } } }, 'Authorize: attempts is 0, expected a whole number from 1 to 5'],
    [{ actions: { Authorize: { attempts: 6 } } }, 'whole number from 1 to 5'],
    [{ actions: { Authorize: { fallback: 'maybe' } } }, 'Authorize: fallback is "maybe", expected one of builtIn'],
    [
      { actions: { Heartbeat: { fallback: 'accept' } } },
      'Heartbeat: fallback is "accept", expected one of builtIn, call',
    ],
    [{ actions: { Get15118EVCertificate: { fallback: 'accept' } } }, 'expected one of builtIn, reject, callError'],
    [{ actions: [] }, 'actions is [], expected an object'],
    [{}, 'actions is missing'],
    [{ actions: {}, extra: 1 }, 'unknown field "extra"'],
  ])('are refused: %j', (json, message) => {
    expect(() => readTenantHandlers(json)).toThrow(message);
  });

  it('of a newer version are not guessed at', () => {
    const bytes = Buffer.from('{"v":2,"actions":{}}');
    expect(() => decodeTenantHandlers(bytes)).toThrow(expect.objectContaining({ code: 'newer-version' }));
    expect(() => decodeTenantHandlers(Buffer.from('{"actions":{}}'))).toThrow('v is missing');
  });
});

describe('what can be delegated', () => {
  it('is every action that chargers send and that has an answer', () => {
    const sent = OCPP_VERSIONS.flatMap((version) => actionsOf(version)).filter(({ sender }) => sender !== 'csms');
    const expected = new Set(sent.map(({ action }) => action));
    expected.delete('NotifyPeriodicEventStream');
    expect(delegableActions()).toEqual([...expected].sort());
  });

  it('can always be left to the built-in rule or refused with an error', () => {
    for (const action of delegableActions()) {
      expect(fallbacksOf(action)).toEqual(expect.arrayContaining(['builtIn', 'callError']));
      for (const fallback of fallbacksOf(action)) expect(HANDLER_FALLBACKS).toContain(fallback);
    }
    expect(fallbacksOf('Reset')).toEqual([]);
  });
});
