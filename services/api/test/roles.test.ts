import { API_ROLES } from '@voltlane/registry';
import { tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { allows, leastRole, PERMISSIONS, tenantFor } from '../src/roles.ts';

const GRANTED = {
  viewer: ['read'],
  operator: ['read', 'command'],
  admin: ['read', 'command', 'configure', 'keys'],
} as const;

describe('a role', () => {
  it.each(API_ROLES.flatMap((role) => PERMISSIONS.map((permission) => [role, permission] as const)))(
    '%s and the permission to %s',
    (role, permission) => {
      const granted: readonly string[] = GRANTED[role];
      expect(allows(role, permission)).toBe(granted.includes(permission));
    },
  );

  it('is named in a refusal: the least one that would do', () => {
    expect(PERMISSIONS.map(leastRole)).toEqual(['viewer', 'operator', 'admin', 'admin']);
  });
});

describe('the tenant of a request', () => {
  const [own, other] = [tenant('acme'), tenant('rival')];
  it.each([
    ['its own, without asking', own, undefined, 'acme'],
    ['its own, asked for', own, own, 'acme'],
    ['none, when another is asked for', own, other, undefined],
    ['the default one for a key of all tenants', '*' as const, undefined, 'default'],
    ['any one for a key of all tenants', '*' as const, other, 'rival'],
  ])('is %s', (_, bound, asked, expected) => {
    expect(tenantFor({ tenant: bound }, asked)).toBe(expected);
  });
});
