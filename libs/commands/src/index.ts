/** Commands as backends know them: request, refusal, status; where they are kept; how they reach the owner of a charger. */
export {
  CommandClient,
  type CommandClientDependencies,
  type CommandClientStats,
} from './command-client.ts';
export { derivedCommandId, isCommandId, newCommandId } from './command-id.ts';
export {
  COMMAND_PROBLEMS,
  type CommandProblem,
  type CommandProblemCode,
  isCommandProblemCode,
  problem,
} from './command-problem.ts';
export {
  COMMAND_LIMITS,
  type CommandRequest,
  type ReadRequest,
  readCommandRequest,
  waitOf,
} from './command-request.ts';
export {
  COMMAND_OUTCOMES,
  type CommandAnswer,
  type CommandEnding,
  type CommandError,
  type CommandOutcome,
  type CommandStatus,
  problemJson,
  readAnswer,
  statusJson,
} from './command-status.ts';
export {
  type CommandStore,
  ENDED_COMMANDS_BUCKET,
  OPEN_COMMANDS_BUCKET,
  type OpenCommandKey,
  openCommandStore,
} from './command-store.ts';
