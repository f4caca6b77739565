import { describe, expect, it } from 'vitest';
import { OCPP_VERSIONS, SUBPROTOCOLS, versionOfSubprotocol } from '../src/index.ts';

describe('subprotocols', () => {
  it('name every version and lead back to it', () => {
    expect(OCPP_VERSIONS.map((version) => SUBPROTOCOLS[version])).toEqual(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1']);
    for (const version of OCPP_VERSIONS) expect(versionOfSubprotocol(SUBPROTOCOLS[version])).toBe(version);
  });

  it.each([
    ['OCPP1.6', '1.6'],
    ['ocpp1.6j', '1.6'],
    [' ocpp2.0.1 ', '2.0.1'],
    ['ocpp2.0', undefined],
    ['ocpp1.5', undefined],
    ['', undefined],
    ['__proto__', undefined],
    ['constructor', undefined],
  ])('read %j as %s', (name, version) => {
    expect(versionOfSubprotocol(name)).toBe(version);
  });
});
