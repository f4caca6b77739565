import { storePassword } from '@voltlane/registry';
import { createSeededRandom } from '@voltlane/time';
import { chargerId, tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { REFUSAL_REASONS, refusal, refusalText } from '../src/refusal.ts';
import type { KnownCharger, UpgradeContext, UpgradeRequest } from '../src/upgrade.ts';
import { checkUpgrade, UPGRADE_CHECKS } from '../src/upgrade.ts';

const random = createSeededRandom(1);
const PASSWORD = 'a-password-of-16+';
const HEX_KEY = '00112233445566778899aabbccddeeff';

const known = (id: string, over: Partial<KnownCharger> = {}): KnownCharger => ({
  tenant: tenant('default'),
  chargerId: chargerId(id),
  securityProfile: 0,
  versions: ['1.6', '2.0.1', '2.1'],
  strictness: 'strict',
  closeBy: 'close',
  password: undefined,
  ...over,
});
const CHARGERS: readonly KnownCharger[] = [
  known('CP1'),
  known('Basic', { securityProfile: 1, password: storePassword(PASSWORD, random) }),
  known('a:b', { securityProfile: 1, password: storePassword(PASSWORD, random) }),
  known('Hex', { securityProfile: 1, password: storePassword(HEX_KEY, random) }),
  known('NoPassword', { securityProfile: 1 }),
  known('Tls', { securityProfile: 2, password: storePassword(PASSWORD, random) }),
  known('Mtls', { securityProfile: 3 }),
  known('Only201', { versions: ['2.0.1'] }),
  known('Broken'),
];

const request = (over: Partial<UpgradeRequest> = {}): UpgradeRequest => ({
  method: 'GET',
  target: '/ocpp/CP1',
  upgrade: 'websocket',
  key: 'dGhlIHNhbXBsZSBub25jZQ==',
  webSocketVersion: '13',
  authorization: undefined,
  subprotocols: 'ocpp1.6',
  ...over,
});

const context = (over: Partial<UpgradeContext> = {}): UpgradeContext => ({
  admit: () => undefined,
  later: (reason) => refusal(503, reason, { 'Retry-After': '7' }),
  lookup: {
    find: async ({ tenant: of, chargerId: id }) => {
      if (id === 'Broken') throw new Error('the bus is away');
      return CHARGERS.find((charger) => charger.tenant === of && charger.chargerId.toLowerCase() === id.toLowerCase());
    },
  },
  chargers: 'registered',
  strictness: 'strict',
  noSubprotocol: 'reject',
  attach: () => ({ arrived: () => undefined, leave: () => undefined }),
  admitReplacement: () => undefined,
  ...over,
});

const basic = (user: string, password: string | Buffer): string =>
  `Basic ${Buffer.concat([Buffer.from(`${user}:`), Buffer.from(password)]).toString('base64')}`;

const verdict = async (asked: UpgradeRequest, within: UpgradeContext): Promise<string> => {
  const outcome = await checkUpgrade(asked, within);
  if ('refused' in outcome) return `${outcome.refused.status} ${outcome.refused.reason}`;
  const { accepted } = outcome;
  return `ok ${accepted.charger.tenant}/${accepted.charger.chargerId} ${accepted.version} ${accepted.token ?? '-'}`;
};

const open = context({ chargers: 'open' });
const long = (count: number): string => 'x'.repeat(count);

type Row = readonly [what: string, request: UpgradeRequest, context: UpgradeContext, verdict: string];
const at = (target: string, over: Partial<UpgradeRequest> = {}): UpgradeRequest => request({ target, ...over });
const offers = (subprotocols: string | undefined): UpgradeRequest => request({ subprotocols });
const as = (id: string, authorization: string | undefined): UpgradeRequest => at(`/ocpp/${id}`, { authorization });

const ROWS: readonly Row[] = [
  ['a registered charger', request(), context(), 'ok default/CP1 1.6 ocpp1.6'],
  ['another case than registered', at('/ocpp/cp1'), context(), 'ok default/CP1 1.6 ocpp1.6'],
  ['any charger in open mode', at('/ocpp/Unknown'), open, 'ok default/Unknown 1.6 ocpp1.6'],
  ['an unknown charger in registered mode', at('/ocpp/Unknown'), context(), '404 notRegistered'],
  ['a registry that cannot answer', at('/ocpp/Broken'), context(), '503 lookup'],
  ['an edge that is full', request(), context({ admit: () => refusal(503, 'connectionsMax') }), '503 connectionsMax'],
  ['no room to wait for the workers', request(), context({ attach: () => undefined }), '503 attaches'],
  [
    'a replacement too many',
    request(),
    context({ admitReplacement: () => refusal(503, 'replacing') }),
    '503 replacing',
  ],

  ['the root', at('/'), open, '404 path'],
  ['another path', at('/metrics'), open, '404 path'],
  ['a path that only begins alike', at('/ocppx/CP1'), open, '404 path'],
  ['too many segments', at('/ocpp/a/b/c'), open, '404 path'],
  ['no identity', at('/ocpp'), open, '400 identity'],
  ['no identity behind a slash', at('/ocpp/'), open, '400 identity'],
  ['a tenant', at('/ocpp/acme/CP1'), open, 'ok acme/CP1 1.6 ocpp1.6'],
  ['a tenant that may not be one', at('/ocpp/ac.me/CP1'), open, '400 identity'],
  ['a trailing slash', at('/ocpp/CP1/'), open, 'ok default/CP1 1.6 ocpp1.6'],
  ['doubled slashes', at('//ocpp//CP1'), open, 'ok default/CP1 1.6 ocpp1.6'],
  ['a query', at('/ocpp/CP1?version=2.1'), open, 'ok default/CP1 1.6 ocpp1.6'],
  ['an identity twice', at('/ocpp/CP1/CP1'), open, 'ok default/CP1 1.6 ocpp1.6'],
  ['a tenant and an identity twice', at('/ocpp/acme/CP1/CP1'), open, 'ok acme/CP1 1.6 ocpp1.6'],
  ['an escaped blank', at('/ocpp/RDAM%20123'), open, 'ok default/RDAM 123 1.6 ocpp1.6'],
  [
    'an escaped pipe in 2.x',
    at('/ocpp/RDAM%7C123', { subprotocols: 'ocpp2.0.1' }),
    open,
    'ok default/RDAM|123 2.0.1 ocpp2.0.1',
  ],
  ['NATS wildcards', at('/ocpp/%2A.%3E'), open, 'ok default/*.> 1.6 ocpp1.6'],
  ['a broken escape', at('/ocpp/%zz'), open, '400 identity'],
  ['an escape that is not UTF-8', at('/ocpp/%ff'), open, '400 identity'],
  ['an escaped slash', at('/ocpp/a%2Fb'), open, '400 identity'],
  ['an escaped NUL', at('/ocpp/a%00b'), open, '400 identity'],
  ['an escaped newline', at('/ocpp/a%0Ab'), open, '400 identity'],
  ['255 characters in 1.6', at(`/ocpp/${long(255)}`), open, `ok default/${long(255)} 1.6 ocpp1.6`],
  ['256 characters in 1.6', at(`/ocpp/${long(256)}`), open, '400 identity'],
  ['255 characters that are more bytes', at(`/ocpp/${'%C3%A4'.repeat(128)}`), open, '400 identity'],
  [
    '48 characters in 2.x',
    at(`/ocpp/${long(48)}`, { subprotocols: 'ocpp2.1' }),
    open,
    `ok default/${long(48)} 2.1 ocpp2.1`,
  ],
  ['49 characters in 2.x', at(`/ocpp/${long(49)}`, { subprotocols: 'ocpp2.1' }), open, '400 identity'],
  ['a blank in 2.x', at('/ocpp/a%20b', { subprotocols: 'ocpp2.1' }), open, '400 identity'],
  ['a colon in 2.x', at('/ocpp/c:d', { subprotocols: 'ocpp2.0.1' }), open, '400 identity'],

  ['POST', request({ method: 'POST' }), open, '400 handshake'],
  ['no key', request({ key: undefined }), open, '400 handshake'],
  ['a key of the wrong length', request({ key: 'abc' }), open, '400 handshake'],
  ['another upgrade', request({ upgrade: 'h2c' }), open, '426 handshake'],
  ['WebSocket in any case', request({ upgrade: 'WebSocket' }), open, 'ok default/CP1 1.6 ocpp1.6'],
  ['version 8', request({ webSocketVersion: '8' }), open, 'ok default/CP1 1.6 ocpp1.6'],
  ['version 12', request({ webSocketVersion: '12' }), open, '426 handshake'],
  ['no version', request({ webSocketVersion: undefined }), open, '426 handshake'],

  ['the right password', as('Basic', basic('Basic', PASSWORD)), context(), 'ok default/Basic 1.6 ocpp1.6'],
  ['the right password in open mode', as('Basic', basic('Basic', PASSWORD)), open, 'ok default/Basic 1.6 ocpp1.6'],
  ['no password in open mode, but registered with one', as('Basic', undefined), open, '401 credentials'],
  ['no password', as('Basic', undefined), context(), '401 credentials'],
  ['the wrong password', as('Basic', basic('Basic', 'a-password-of-17+')), context(), '401 credentials'],
  ['the wrong user', as('Basic', basic('CP1', PASSWORD)), context(), '401 credentials'],
  ['the user in another case', as('Basic', basic('BASIC', PASSWORD)), context(), 'ok default/Basic 1.6 ocpp1.6'],
  ['an empty password', as('Basic', basic('Basic', '')), context(), '401 credentials'],
  [
    'a user without a colon',
    as('Basic', `Basic ${Buffer.from('Basic').toString('base64')}`),
    context(),
    '401 credentials',
  ],
  ['another scheme', as('Basic', 'Bearer abc'), context(), '401 credentials'],
  ['garbage', as('Basic', 'Basic !!!'), context(), '401 credentials'],
  [
    'missing padding',
    as('Basic', basic('Basic', PASSWORD).replace(/=+$/, '')),
    context(),
    'ok default/Basic 1.6 ocpp1.6',
  ],
  [
    'the URL-safe alphabet',
    as('Basic', basic('Basic', PASSWORD).replaceAll('+', '-').replaceAll('/', '_')),
    context(),
    'ok default/Basic 1.6 ocpp1.6',
  ],
  [
    'the scheme in lower case',
    as('Basic', basic('Basic', PASSWORD).replace('Basic', 'basic')),
    context(),
    'ok default/Basic 1.6 ocpp1.6',
  ],
  ['an identity with a colon', as('a:b', basic('a:b', PASSWORD)), context(), 'ok default/a:b 1.6 ocpp1.6'],
  ['a key as raw bytes', as('Hex', basic('Hex', Buffer.from(HEX_KEY, 'hex'))), context(), 'ok default/Hex 1.6 ocpp1.6'],
  ['a key as its hex digits', as('Hex', basic('Hex', HEX_KEY)), context(), 'ok default/Hex 1.6 ocpp1.6'],
  ['profile 1 without a stored password', as('NoPassword', basic('NoPassword', '')), context(), '401 credentials'],
  ['profile 2 without TLS', as('Tls', basic('Tls', PASSWORD)), context(), '401 securityProfile'],
  ['profile 3 without TLS', as('Mtls', undefined), context(), '401 securityProfile'],

  ["the client's order", offers('ocpp2.0.1, ocpp1.6'), open, 'ok default/CP1 2.0.1 ocpp2.0.1'],
  ["the client's order, other way", offers('ocpp1.6, ocpp2.1'), open, 'ok default/CP1 1.6 ocpp1.6'],
  ['an unknown one first (OCTT TC_B_58)', offers('ocpp0.1,ocpp2.0.1'), open, 'ok default/CP1 2.0.1 ocpp2.0.1'],
  ['only unknown ones', offers('ocpp0.1'), open, '400 subprotocol'],
  ['2.0, which is not 2.0.1', offers('ocpp2.0'), open, '400 subprotocol'],
  ['a doubled token', offers('ocpp1.6, ocpp1.6'), open, 'ok default/CP1 1.6 ocpp1.6'],
  ['a trailing comma', offers('ocpp1.6,'), open, 'ok default/CP1 1.6 ocpp1.6'],
  ['a quoted token', offers('"ocpp1.6"'), open, 'ok default/CP1 1.6 ocpp1.6'],
  ['another spelling, echoed', offers('OCPP1.6'), open, 'ok default/CP1 1.6 OCPP1.6'],
  ['an empty header', offers(''), open, '400 subprotocol'],
  ['no header', offers(undefined), open, '400 subprotocol'],
  ['no header, version assumed', offers(undefined), context({ noSubprotocol: 'assume:1.6' }), 'ok default/CP1 1.6 -'],
  ['no header, upgrade to close', offers(undefined), context({ noSubprotocol: 'close' }), 'ok default/CP1 1.6 -'],
  ['a version the charger may not speak', at('/ocpp/Only201'), context(), '400 subprotocol'],
  [
    'an assumed version the charger may not speak',
    at('/ocpp/Only201', { subprotocols: undefined }),
    context({ noSubprotocol: 'assume:1.6' }),
    '400 subprotocol',
  ],
];

describe('the handshake', () => {
  it.each(ROWS)('%s', async (_what, asked, within, expected) => {
    expect(await verdict(asked, within)).toBe(expected);
  });

  it('runs its checks in the documented order', () => {
    expect(UPGRADE_CHECKS.map((check) => check.name)).toEqual([
      'admission',
      'path',
      'handshake',
      'identity',
      'registered',
      'credentials',
      'subprotocol',
      'identityOfVersion',
      'replacement',
    ]);
  });

  // Each request is wrong in its own way and in all later ways; only the first may show.
  it.each([
    ['503 rate', context({ admit: () => refusal(503, 'rate') }), at('/nowhere', { key: undefined })],
    ['404 path', context(), at('/nowhere', { key: undefined })],
    ['400 handshake', context(), at('/ocpp/%zz', { key: undefined })],
    ['400 identity', context(), at('/ocpp/%zz', { subprotocols: undefined })],
    ['404 notRegistered', context(), at('/ocpp/Nobody', { subprotocols: undefined, authorization: 'x' })],
    ['401 credentials', context(), at('/ocpp/Basic', { subprotocols: undefined })],
    ['400 subprotocol', context({ admitReplacement: () => refusal(503, 'replacing') }), offers(undefined)],
  ])('answers %s before anything later', async (expected, within, asked) => {
    expect(await verdict(asked, within)).toBe(expected);
  });

  it('asks the registry nothing when it is not admitted', async () => {
    let asked = 0;
    const lookup = {
      find: async () => {
        asked += 1;
        return undefined;
      },
    };
    await verdict(request(), context({ lookup, admit: () => refusal(503, 'rate') }));
    expect(asked).toBe(0);
    await verdict(request(), context({ lookup }));
    expect(asked).toBe(1);
  });

  it('challenges for a password, and says when to come back', async () => {
    const outcome = await checkUpgrade(as('Basic', undefined), context());
    expect('refused' in outcome && refusalText(outcome.refused)).toMatch(
      /^HTTP\/1\.1 401 Unauthorized\r\n[^]*WWW-Authenticate: Basic realm="ocpp"[^]*\r\n\r\ncredentials\n$/,
    );
    expect(refusalText(refusal(503, 'rate', { 'Retry-After': '7' }))).toContain('Retry-After: 7\r\n');
  });

  it('has every reason in a test of its own or at the listener', () => {
    const here = new Set(ROWS.map(([, , , expected]) => expected.split(' ')[1]));
    const atListener = ['busAway', 'draining', 'rate'];
    expect(REFUSAL_REASONS.filter((reason) => !here.has(reason) && !atListener.includes(reason))).toEqual([]);
  });
});
