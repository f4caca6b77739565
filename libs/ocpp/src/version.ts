/** OCPP versions and their WebSocket subprotocol names. */

/** A version as the spec names it. */
export type OcppVersion = '1.6' | '2.0.1' | '2.1';

/** All versions this package speaks, oldest first. */
export const OCPP_VERSIONS: readonly OcppVersion[] = ['1.6', '2.0.1', '2.1'];

/** Subprotocol name of a version, as registered with IANA. */
export const SUBPROTOCOLS: Readonly<Record<OcppVersion, string>> = {
  '1.6': 'ocpp1.6',
  '2.0.1': 'ocpp2.0.1',
  '2.1': 'ocpp2.1',
};

const BY_NAME: ReadonlyMap<string, OcppVersion> = new Map([
  ['ocpp1.6', '1.6'],
  ['ocpp1.6j', '1.6'],
  ['ocpp2.0.1', '2.0.1'],
  ['ocpp2.1', '2.1'],
]);

/** Version a client means by a subprotocol token, in any case; `ocpp1.6j` is 1.6, `ocpp2.0` is not 2.0.1. */
export function versionOfSubprotocol(name: string): OcppVersion | undefined {
  return BY_NAME.get(name.trim().toLowerCase());
}
