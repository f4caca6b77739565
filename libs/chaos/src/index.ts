/** Public face of `@voltlane/chaos`. */
export { type ChaosOptions, runChaos } from './chaos.ts';
export { FAULT_KINDS, type FaultKind } from './fault-kind.ts';
export { type ChaosReport, figuresByKind, reportMarkdown } from './report.ts';
