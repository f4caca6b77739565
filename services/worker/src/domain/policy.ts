/**
 * What the operator decided about one charger, as the deciders see it. Built by the actor from the registry's record and the
 * configuration; deciders only read it.
 */

/** What the registry says about a charger: the answer its BootNotification gets. */
export type RegistrationVerdict = 'Accepted' | 'Pending' | 'Rejected';

/** DataTransfer vendors we speak with: `vendorId` (lower case) to the `messageId`s understood; an empty list means any. */
export type DataTransferVendors = Readonly<Record<string, readonly string[]>>;

/** The rules one charger is served by. */
export interface ChargerPolicy {
  readonly registration: RegistrationVerdict;
  /** Seconds between heartbeats, told to an accepted charger; > 0. */
  readonly heartbeatIntervalS: number;
  /** Share by which that interval differs from charger to charger, to both sides; 0 where the registry sets the interval. */
  readonly heartbeatSpread: number;
  /** Seconds before the next BootNotification of a pending or rejected charger; 0 lets the charger decide. */
  readonly bootRetryIntervalS: number;
  /** Accept tokens nobody registered. Stored verdicts still count. */
  readonly acceptAllTokens: boolean;
  /**
   * Calls of a charger that never had a BootNotification answered by us: `lastState` refuses them (OCPP-J 1.6 errata 3.10,
   * 2.x FR.04); `always` serves them as long as the registry says Accepted: for a fleet taken over from another system, whose
   * chargers reconnect without booting.
   */
  readonly acceptBeforeBoot: 'lastState' | 'always';
  readonly dataTransferVendors: DataTransferVendors;
  /** Somebody registered it. */
  readonly registered: boolean;
  /** OCPP versions it may connect with. */
  readonly versions: readonly ('1.6' | '2.0.1' | '2.1')[];
  /** Commands are held back this long after an accepted boot, ms: some chargers hang on a CALL that comes too early. */
  readonly quietAfterBootMs: number;
  /** Commands without an answer in a row after which the connection is closed; 0: never. */
  readonly commandTimeoutsMax: number;
}

/** A policy to start from: accepted, a heartbeat every five minutes, only registered tokens. */
export const DEFAULT_POLICY: ChargerPolicy = {
  registration: 'Accepted',
  heartbeatIntervalS: 300,
  heartbeatSpread: 0,
  bootRetryIntervalS: 60,
  acceptAllTokens: false,
  acceptBeforeBoot: 'lastState',
  dataTransferVendors: {},
  registered: true,
  versions: ['1.6', '2.0.1', '2.1'],
  quietAfterBootMs: 0,
  commandTimeoutsMax: 0,
};
