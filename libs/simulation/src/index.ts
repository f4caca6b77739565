/** Public face of `@voltlane/simulation`: a whole broker on a virtual clock. For tests and the command line. */
export { type CommandPorts, runCommand } from './command.ts';
export { type Fault, type FaultKind, faultText, type LinkFaultKind, type NodeFaultKind } from './fault.ts';
export { type Intensity, planFaults } from './fault-plan.ts';
export type { CreateInvariant, Invariant, Report } from './invariant.ts';
export { INVARIANTS } from './invariants/all.ts';
export type { Mutation } from './mutation.ts';
export { type CreateMutation, MUTATIONS } from './mutations/all.ts';
export { type Load, type Outcome, type SimulationOptions, simulate } from './simulate.ts';
export { minimise, story } from './story.ts';
export { summary } from './summary.ts';
export type { Violation } from './witnesses.ts';
