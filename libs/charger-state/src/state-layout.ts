/** Which fields of a state are stored, and in which order. */
import { WireError } from '@voltlane/wire';
import {
  type AnsweredCall,
  type ChargerState,
  type CommandsState,
  type CommandTrace,
  type ConnectorState,
  EMPTY_STATE,
  type EndedTransaction,
  NO_COMMANDS,
  type OpenTransaction,
  type QueuedCommand,
  type Replacements,
  type SentCommand,
  type SeqRange,
  type SessionState,
} from './charger-state.ts';
import { type Columns, columns, type Form, list, named, optional, plain } from './columns.ts';

const text: Form<string> = plain('');
const count: Form<number> = plain(0);
const flag: Form<boolean> = plain(false);
const maybeText = plain<string | undefined>(undefined);
const maybeCount = plain<number | undefined>(undefined);
const texts: Form<readonly string[]> = plain([]);
const ranges: Form<readonly SeqRange[]> = plain([]);

const session = columns<SessionState>({
  id: text,
  edgeId: text,
  version: plain<SessionState['version']>('1.6'),
  openedAtMs: count,
});

const replacements = columns<Replacements>({ sinceMs: count, count });

const connector = columns<ConnectorState>({ status: text, errorCode: maybeText, at: text, detail: maybeText });

const openTransaction = columns<OpenTransaction>({
  id: text,
  key: text,
  evseId: count,
  connectorId: count,
  idToken: text,
  startedAt: text,
  meterStartWh: maybeCount,
  startFingerprint: maybeText,
  seen: ranges,
  startSeqNo: maybeCount,
});

const endedTransaction = columns<EndedTransaction>({
  id: text,
  key: text,
  startFingerprint: maybeText,
  stopFingerprint: maybeText,
  seen: ranges,
  startSeqNo: maybeCount,
  endSeqNo: maybeCount,
});

/** A result is its payload, an error a pair. */
const answer: Form<AnsweredCall['answer']> = {
  write(value) {
    if (value.kind === 'result') return value.payload;
    return value.kind === 'error' ? [value.code, value.description] : null;
  },
  read(stored) {
    if (typeof stored === 'string') return { kind: 'result', payload: stored };
    if (stored === null || stored === undefined) return { kind: 'noted' };
    if (!Array.isArray(stored)) throw new WireError('malformed', 'malformed state: not an answer');
    return { kind: 'error', code: text.read(stored[0]), description: text.read(stored[1]) };
  },
};

/** An answered call. */
export const answeredLayout: Columns<AnsweredCall> = columns<AnsweredCall>({
  session: text,
  seq: count,
  messageId: text,
  fingerprint: count,
  answer,
});

const queuedFields = {
  id: text,
  action: text,
  priority: count,
  coalesceKey: maybeText,
  requestedAtMs: count,
  expiresAtMs: count,
  waitsOffline: flag,
  timeoutMs: count,
  triggers: texts,
  sends: count,
  trace: optional(columns<CommandTrace>({ own: text, parent: text })),
};

/** What is sent has three fields before those of what waits, so that the latter may get more. */
const sentCommand = columns<SentCommand>({ sessionId: text, edgeId: text, sentAtMs: count, ...queuedFields });

const commands = columns<CommandsState>({
  queue: list(columns<QueuedCommand>(queuedFields)),
  sent: optional(sentCommand),
  timeouts: count,
  triggered: texts,
});

/** The open transactions of a state. */
export const openLayout: Form<readonly OpenTransaction[]> = list(openTransaction);

/** A whole state. */
export const stateLayout: Columns<ChargerState> = columns<ChargerState>({
  registration: plain(EMPTY_STATE.registration),
  acceptedAtMs: count,
  version: plain<ChargerState['version']>(undefined),
  vendor: maybeText,
  model: maybeText,
  firmwareVersion: maybeText,
  session: optional(session),
  newestSession: text,
  newestOpenedMs: count,
  pastSessions: texts,
  replacements: optional(replacements),
  eventCount: count,
  transactionCount: count,
  connectors: named(connector),
  open: openLayout,
  ended: list(endedTransaction),
  answered: list(answeredLayout),
  commands: {
    write: (value) => (value === NO_COMMANDS ? null : commands.write(value)),
    read: (stored) => (stored === null || stored === undefined ? NO_COMMANDS : commands.read(stored)),
  },
  lastSeenMs: count,
});

/** Where a stored state, and a stored answered call, name sessions; and where its open transactions stand. */
export const PLACE: Readonly<
  Record<'session' | 'sessionId' | 'newestSession' | 'answered' | 'answeredSession' | 'open', number>
> = {
  session: stateLayout.place('session'),
  sessionId: session.place('id'),
  newestSession: stateLayout.place('newestSession'),
  answered: stateLayout.place('answered'),
  answeredSession: answeredLayout.place('session'),
  open: stateLayout.place('open'),
};
