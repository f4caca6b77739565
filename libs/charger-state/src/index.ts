/** The durable state of a charger: its shape, its bounds, its way through the header of a state record. */
export { answersWith, mayHaveAnswered, NO_ANSWERS, readAnswers, writeAnswers } from './answers-text.ts';
export type {
  AnsweredCall,
  ChargerState,
  CommandsState,
  CommandTrace,
  ConnectorState,
  EndedTransaction,
  OpenTransaction,
  QueuedCommand,
  Registration,
  Replacements,
  SentCommand,
  SeqRange,
  SessionState,
} from './charger-state.ts';
export { EMPTY_STATE, NO_COMMANDS, STATE_LIMITS } from './charger-state.ts';
export { easePlace, isNamedAt, mayHoldAnswerTo, openTransactionsIn } from './header-glance.ts';
export { LAST_SEEN_BUCKET, LAST_SEEN_PAGE_BYTES_MAX, lastSeenKey } from './last-seen.ts';
export { readState, STATE_HEADER, writeState } from './state-header.ts';
