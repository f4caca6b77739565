/**
 * What an actor remembers of its charger between messages and across owners: written into the header of each state record,
 * read back at activation, and read by the api for its view of the fleet. Only the worker writes it. Small on purpose (a few hundred bytes): never a parsed message, never the device model.
 * Treated as immutable: deciders return a new object when something changed.
 */

/** The last answer to BootNotification; `None` before the first. */
export type Registration = 'None' | 'Accepted' | 'Pending' | 'Rejected';

/** The session the charger is known to be connected with. */
export interface SessionState {
  readonly id: string;
  readonly edgeId: string;
  readonly version: '1.6' | '2.0.1' | '2.1';
  readonly openedAtMs: number;
}

/** How often sessions of a charger replaced each other while the older one still stood, in the current window. */
export interface Replacements {
  /** Start of the window, ms since epoch. */
  readonly sinceMs: number;
  readonly count: number;
}

/** Inclusive range of sequence numbers seen. */
export type SeqRange = readonly [from: number, to: number];

/** A transaction that has not ended yet. */
export interface OpenTransaction {
  /** 1.6: the integer we gave, as text; 2.x: the station's own id. */
  readonly id: string;
  /** Globally unique key carried in events. */
  readonly key: string;
  readonly evseId: number;
  readonly connectorId: number;
  readonly idToken: string;
  readonly startedAt: string;
  /** Register at the start, Wh; undefined when the charger did not say. */
  readonly meterStartWh: number | undefined;
  /** Fingerprint of the StartTransaction content (1.6) that recognises the same start under another message id. */
  readonly startFingerprint: string | undefined;
  /** 2.x: seqNos seen, merged, ascending. */
  readonly seen: readonly SeqRange[];
  /** 2.x: seqNo of the Started event; undefined until it was seen. */
  readonly startSeqNo?: number | undefined;
}

/** A transaction that ended; kept for a while so that a resend is recognised. */
export interface EndedTransaction {
  readonly id: string;
  readonly key: string;
  readonly startFingerprint: string | undefined;
  /** Undefined for 2.x, and for a 1.6 transaction that was pushed out of `open` and has not been stopped yet. */
  readonly stopFingerprint: string | undefined;
  readonly seen: readonly SeqRange[];
  /** 2.x: seqNo of the Started event; undefined until it was seen. */
  readonly startSeqNo?: number | undefined;
  /** 2.x: seqNo of the Ended event; undefined when the transaction was pushed out of `open` and has not ended yet. */
  readonly endSeqNo?: number | undefined;
}

/** Status of one connector as last reported. Key in the map: `<evseId>/<connectorId>`. */
export interface ConnectorState {
  readonly status: string;
  readonly errorCode: string | undefined;
  readonly at: string;
  /** 1.6: name of the free texts beside the error code (info, vendor, vendor's code), when there are any. */
  readonly detail?: string | undefined;
}

/** A call that was answered; lets a resend in the same session get the same answer, also after the actor moved. */
export interface AnsweredCall {
  readonly session: string;
  readonly seq: number;
  readonly messageId: string;
  /** Fingerprint of action and payload text. */
  readonly fingerprint: number;
  /** Result payload as JSON text, or the error. */
  readonly answer:
    | { readonly kind: 'result'; readonly payload: string }
    | { readonly kind: 'error'; readonly code: string; readonly description: string }
    | { readonly kind: 'noted' };
}

/** The span of a traced command and the one of who asked for it (W3C traceparent). */
export interface CommandTrace {
  readonly own: string;
  readonly parent: string;
}

/** A command that waits for its turn; its payload is in the command bucket. */
export interface QueuedCommand {
  /** Also the message id of its CALL. */
  readonly id: string;
  readonly action: string;
  /** 0 (last) to 9 (first). */
  readonly priority: number;
  readonly coalesceKey: string | undefined;
  readonly requestedAtMs: number;
  /** Ends as `expired` then unless it was sent before, ms since epoch. */
  readonly expiresAtMs: number;
  /** It may wait for a charger that is away; otherwise it ends as `offline`. */
  readonly waitsOffline: boolean;
  /** How long the charger may take to answer. */
  readonly timeoutMs: number;
  /** Actions it makes the charger send by itself. */
  readonly triggers: readonly string[];
  /** Times its CALL was given to an edge: more than once only when the edge said that it did not send it. */
  readonly sends: number;
  /** Not there for a command that is not traced. */
  readonly trace?: CommandTrace | undefined;
}

/** The command whose CALL the charger has. */
export interface SentCommand extends QueuedCommand {
  readonly sessionId: string;
  readonly edgeId: string;
  readonly sentAtMs: number;
}

/** Commands of a charger that have no outcome yet. */
export interface CommandsState {
  /** In the order they were accepted. */
  readonly queue: readonly QueuedCommand[];
  readonly sent: SentCommand | undefined;
  /** Commands in a row that the charger did not answer in time. */
  readonly timeouts: number;
  /** Actions the commands to a pending charger make it send: it may say these before it is accepted. */
  readonly triggered: readonly string[];
}

/** No command. */
export const NO_COMMANDS: CommandsState = { queue: [], sent: undefined, timeouts: 0, triggered: [] };

/** All of it. */
export interface ChargerState {
  readonly registration: Registration;
  /** When BootNotification was last answered Accepted, ms since epoch; 0 when it never was. */
  readonly acceptedAtMs: number;
  /** OCPP version of the newest session; undefined before the first. */
  readonly version: '1.6' | '2.0.1' | '2.1' | undefined;
  readonly vendor: string | undefined;
  readonly model: string | undefined;
  readonly firmwareVersion: string | undefined;
  readonly session: SessionState | undefined;
  /** Id of the newest session ever seen, connected or not. Empty when none was. */
  readonly newestSession: string;
  /** When that session was opened, by its age and the owner's clock, ms since epoch. */
  readonly newestOpenedMs: number;
  /** Sessions that ended or were replaced, newest first: none of them can attach again. */
  readonly pastSessions: readonly string[];
  readonly replacements: Replacements | undefined;
  /** Number of events this charger has had; makes ids of events that have no natural key. */
  readonly eventCount: number;
  /** Number of 1.6 transactions started; input of the keyed permutation that makes transaction ids. */
  readonly transactionCount: number;
  readonly connectors: Readonly<Record<string, ConnectorState>>;
  readonly open: readonly OpenTransaction[];
  readonly ended: readonly EndedTransaction[];
  readonly answered: readonly AnsweredCall[];
  readonly commands: CommandsState;
  /** Last time anything was heard, ms since epoch, as of the last write. */
  readonly lastSeenMs: number;
}

/** Bounds of the lists in the state, so that one charger cannot grow it without limit. */
export const STATE_LIMITS: {
  readonly openMax: number;
  readonly endedMax: number;
  readonly answeredMax: number;
  readonly connectorsMax: number;
  readonly seenRangesMax: number;
  readonly pastSessionsMax: number;
} = { openMax: 64, endedMax: 16, answeredMax: 4, connectorsMax: 256, seenRangesMax: 16, pastSessionsMax: 8 };

/** State of a charger nobody has seen. */
export const EMPTY_STATE: ChargerState = {
  registration: 'None',
  acceptedAtMs: 0,
  version: undefined,
  vendor: undefined,
  model: undefined,
  firmwareVersion: undefined,
  session: undefined,
  newestSession: '',
  newestOpenedMs: 0,
  pastSessions: [],
  replacements: undefined,
  eventCount: 0,
  transactionCount: 0,
  connectors: {},
  open: [],
  ended: [],
  answered: [],
  commands: NO_COMMANDS,
  lastSeenMs: 0,
};
