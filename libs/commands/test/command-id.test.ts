import { createSeededRandom } from '@voltlane/time';
import { chargerId, tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { derivedCommandId, isCommandId, newCommandId } from '../src/index.ts';

const address = (tenantName: string, charger: string) => ({
  tenant: tenant(tenantName),
  chargerId: chargerId(charger),
});

describe('an id', () => {
  it('is random, fits a message id and is an id', () => {
    const random = createSeededRandom(1);
    const ids = Array.from({ length: 1000 }, () => newCommandId(random));
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(isCommandId(id) && id.length <= 36, id).toBe(true);
  });

  it('made from an idempotency key never changes: it is looked up by it after an upgrade', () => {
    expect(derivedCommandId(address('default', 'CP1'), 'key-1')).toBe('i1cc1abb992632d5691f502d0bb57107a');
  });

  it('made from a key is of one charger, whatever the case of its identity, and of one tenant', () => {
    const id = derivedCommandId(address('default', 'CP1'), 'k');
    expect(derivedCommandId(address('default', 'cp1'), 'k')).toBe(id);
    const others = [
      derivedCommandId(address('default', 'CP2'), 'k'),
      derivedCommandId(address('other', 'CP1'), 'k'),
      derivedCommandId(address('default', 'CP1'), 'K'),
    ];
    expect(new Set([id, ...others]).size).toBe(4);
    expect(isCommandId(id)).toBe(true);
  });

  it.each(['', 'short', 'UPPERCASE1', 'with.dot1', 'with*star', 'with space', 'x'.repeat(37), 'umläut12'])(
    'is not %j',
    (text) => {
      expect(isCommandId(text)).toBe(false);
    },
  );
});
