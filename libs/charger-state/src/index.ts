/** The durable state of a charger: its shape, its bounds, its way through the header of a state record. */
export type {
  AnsweredCall,
  ChargerState,
  CommandsState,
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
export { readState, STATE_HEADER, writeState } from './state-header.ts';
