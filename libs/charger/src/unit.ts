/**
 * Owns the types of a charger's inner state: what dialects and command handlers may see and do. `charger.ts` builds it;
 * nothing outside this package gets it.
 */
import type { JsonObject, OcppVersion } from '@voltlane/ocpp';
import type { Clock, Random } from '@voltlane/time';
import type { Certificates } from './certificates.ts';
import type { Dialect, TransactionMoment } from './dialect.ts';
import type { UntimedEvent } from './events.ts';
import type { Hardware } from './hardware.ts';
import type { LocalList } from './local-list.ts';
import type { Meter, Reading } from './metering.ts';
import type { Settings, WriteOutcome } from './settings.ts';
import type { ProfileShelf } from './smart-charging.ts';
import type { Delivery } from './transaction-queue.ts';

/** State of a connector in the words of 1.6; 2.x shows fewer of them. */
export type ConnectorStatus =
  | 'Available'
  | 'Preparing'
  | 'Charging'
  | 'SuspendedEV'
  | 'SuspendedEVSE'
  | 'Finishing'
  | 'Reserved'
  | 'Unavailable'
  | 'Faulted';

/** Why a transaction ended; the dialects map it to their version's words. */
export type StopReason =
  | 'DeAuthorized'
  | 'EVDisconnected'
  | 'HardReset'
  | 'Local'
  | 'Other'
  | 'PowerLoss'
  | 'Reboot'
  | 'Remote'
  | 'SoftReset'
  | 'UnlockCommand';

/** An identifier of a driver. `type` matters to 2.x only. */
export interface IdToken {
  readonly idToken: string;
  readonly type: string;
}

/** A running transaction. */
export interface Transaction {
  /** The charger's own name for it; in 2.x also the transactionId. */
  readonly key: string;
  readonly connectorId: number;
  readonly idToken: IdToken;
  readonly remoteStartId: number | undefined;
  readonly reservationId: number | undefined;
  readonly startedAtMs: number;
  readonly startWh: number;
  /** 1.6: the id that the CSMS gave, once known. */
  csmsId: number | bigint | undefined;
  /** 2.x: number of the next TransactionEvent. */
  nextSeqNo: number;
  /** Set when something asked it to end; the session script obeys. */
  stop: StopReason | undefined;
  /** Wakes the script that waits for the next sample. */
  readonly wake: AbortController;
  /** Reads the meter and queues what `build` makes of it, as part of the session's record. */
  say(build: (moment: TransactionMoment) => readonly OutMessage[]): void;
}

/** A reservation of a connector. */
export interface Reservation {
  readonly id: number;
  readonly idToken: string;
  readonly groupIdToken: string | undefined;
  readonly expiresAtMs: number;
}

/** One connector (1.6) or EVSE with its only connector (2.x). */
export interface Connector {
  readonly id: number;
  status: ConnectorStatus;
  /** Last status that the CSMS was told, in its version's words; undefined before the first report. */
  reported: string | undefined;
  operative: boolean;
  /** A session script has it. */
  claimed: boolean;
  /** Becomes inoperative when the running transaction ends. */
  inoperativeAfterwards: boolean;
  reservation: Reservation | undefined;
  transaction: Transaction | undefined;
  readonly meter: Meter;
}

/** A message on its way out, before it has an id. */
export interface OutMessage {
  readonly action: string;
  readonly payload: object;
}

/** A remote start as the commands hand it over. */
export interface RemoteStart {
  readonly connectorId: number;
  readonly idToken: IdToken;
  readonly remoteStartId: number | undefined;
  /** 1.6 AuthorizeRemoteTxRequests / 2.x AuthorizeRemoteStart: ask the CSMS about the token first. */
  readonly authorize: boolean;
}

/** Inner state and verbs of one charger. */
export interface Unit {
  readonly id: string;
  readonly version: OcppVersion;
  readonly hardware: Hardware;
  readonly dialect: Dialect;
  /** Timeouts, retries, reconnects. */
  readonly clock: Clock;
  /** Sessions and metering; may run faster than `clock`. */
  readonly sessionClock: Clock;
  readonly random: Random;
  readonly connectors: readonly Connector[];
  readonly settings: Settings;
  readonly profiles: ProfileShelf;
  readonly localList: LocalList;
  readonly certificates: Certificates;
  /** The charger's wall clock: synchronised by the CSMS, or the session clock when that runs faster. */
  nowMs(): number;
  /** Link up and BootNotification accepted. */
  ready(): boolean;
  /** Link up. */
  online(): boolean;
  /** Registration state: the last answer to BootNotification. */
  registration(): 'none' | 'Accepted' | 'Pending' | 'Rejected';
  /** Puts an event into the log. */
  note(event: UntimedEvent): void;
  /** Sends a CALL now; rejects when the link is away. */
  call(action: string, payload: object): Promise<JsonObject>;
  /** Sends a SEND (2.1); dropped when the link is away. */
  send(message: OutMessage): void;
  /** Queues transaction messages; each promise tells how its message ended. */
  queue(transaction: Transaction, messages: readonly OutMessage[]): readonly Promise<Delivery>[];
  /** Sends a CALL whose answer does not matter; failures are counted, not thrown. */
  tell(message: OutMessage): void;
  /** Sends messages one after the other with a pause between (status sequences, report parts). */
  tellInTurn(messages: readonly OutMessage[], pauseMs: number): void;
  /** Changes a connector's status and reports it when the CSMS would see a difference. */
  setStatus(connector: Connector, status: ConnectorStatus): void;
  /** Reports a status again, asked for by a trigger. Connector 0 is the whole charger (1.6). */
  reportStatus(connectorId: number | undefined): void;
  /** Transaction messages not yet answered. */
  undelivered(): number;
  /** Writes a setting for the CSMS and lets it take effect. */
  changeSetting(name: string, value: string): WriteOutcome;
  /** Sends a BootNotification because a trigger asked for it. */
  triggerBoot(): void;
  /** Reads a connector's meter now. */
  read(connector: Connector): Reading;
  /** Asks a running transaction to end. */
  stopTransaction(transaction: Transaction, reason: StopReason): void;
  /** Begins a session that the CSMS asked for. */
  startRemote(start: RemoteStart): void;
  /** Ends transactions, drops the link, boots again. */
  reset(reason: 'SoftReset' | 'HardReset', onlyWhenIdle: boolean): void;
  /** Drops the link and connects again without booting, for instance with a new password. */
  reconnect(password: string | Uint8Array | undefined): void;
}
