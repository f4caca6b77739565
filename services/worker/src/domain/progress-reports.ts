/** How long jobs go: firmware updates, firmware published to a local network, logs. All versions say it in the same words. */
import type { Decision, DecisionContext } from '../handlers/handler.ts';
import type { EmptyAnswer } from './status-events.ts';
import { noted, received } from './status-events.ts';

/** A progress report. */
export interface Progress {
  readonly status: string;
  readonly requestId?: number | undefined;
  /** 2.1. */
  readonly statusInfo?: StatusInfo | undefined;
}

/** Why, in the words of 2.1. */
export interface StatusInfo {
  readonly reasonCode: string;
  readonly additionalInfo?: string;
}

/** A firmware update, `signed` for the secure one of 1.6 and all of 2.x. */
export function firmwareProgress(report: Progress, signed: boolean, context: DecisionContext): Decision<EmptyAnswer> {
  return noted(received('firmware.status', { ...facts(report), signed }, context));
}

/** A log upload; `diagnostics` is the older one of 1.6. */
export function logProgress(
  report: Progress,
  source: 'diagnostics' | 'log',
  context: DecisionContext,
): Decision<EmptyAnswer> {
  return noted(received('log.status', { source, ...facts(report) }, context));
}

/** Firmware published by a local controller. */
export function publishProgress(
  report: Progress & { readonly location?: readonly string[] },
  context: DecisionContext,
): Decision<EmptyAnswer> {
  return noted(received('firmware.publishStatus', { ...facts(report), location: report.location }, context));
}

function facts(report: Progress): Readonly<Record<string, unknown>> {
  const { status, requestId, statusInfo } = report;
  return { status, requestId, reasonCode: statusInfo?.reasonCode, additionalInfo: statusInfo?.additionalInfo };
}
