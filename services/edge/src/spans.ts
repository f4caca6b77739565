/**
 * The spans of an edge: one for each traced CALL of a charger, from its arrival to its answer on the socket, and one for each traced
 * CALL to a charger, from the socket to the charger's answer. There is no such object where traces are off.
 */
import { actionInfo } from '@voltlane/ocpp';
import type { SpanAttributes, Tracing } from '@voltlane/telemetry';
import { OTHER } from '@voltlane/telemetry';
import type { Clock } from '@voltlane/time';
import type { SessionEffect } from './effect.ts';
import type { FrameType } from './metrics.ts';
import type { Session } from './session.ts';

/** A traced call of a charger that is done with, or was refused at the edge. */
export type TracedCall = Extract<SessionEffect, { readonly kind: 'callDone' | 'callRefused' }>;

/** A traced call to a charger that is done with. */
export type TracedCommand = Extract<SessionEffect, { readonly kind: 'commandDone' }>;

/** Records the spans of an edge. */
export class EdgeSpans {
  readonly #tracing: Tracing;
  readonly #clock: Pick<Clock, 'monotonicMs'>;

  constructor(tracing: Tracing, clock: Pick<Clock, 'monotonicMs'>) {
    this.#tracing = tracing;
    this.#clock = clock;
  }

  /** The context of the call a frame may be, for the share of them that is traced. */
  begin(type: FrameType): string | undefined {
    return type === 'call' || type === 'send' ? this.#tracing.begin() : undefined;
  }

  call(session: Session, call: TracedCall): void {
    const { traceparent, action } = call;
    if (traceparent === undefined) return;
    const endedMs = this.#clock.monotonicMs();
    const refused = call.kind === 'callRefused';
    const outcome = refused ? 'refused' : call.outcome;
    const isGood = outcome === 'result' || outcome === 'noted';
    this.#tracing.ended({
      traceparent,
      parent: undefined,
      name: nameOf(session, action),
      kind: 'server',
      startedMs: endedMs - (refused ? 0 : call.tookMs),
      endedMs,
      attributes: { ...attributesOf(session, action), 'voltlane.outcome': outcome },
      error: isGood ? undefined : refused ? call.code : outcome,
    });
  }

  command(session: Session, command: TracedCommand): void {
    const { traceparent, action, outcome, tookMs } = command;
    const endedMs = this.#clock.monotonicMs();
    this.#tracing.ended({
      traceparent: this.#tracing.below(traceparent),
      parent: traceparent,
      name: nameOf(session, action),
      kind: 'client',
      startedMs: endedMs - tookMs,
      endedMs,
      attributes: { ...attributesOf(session, action), 'voltlane.outcome': outcome },
      error: outcome === 'result' ? undefined : outcome,
    });
  }
}

/** A charger may ask for anything: what is no action is not a name. */
function nameOf({ version }: Session, action: string): string {
  return actionInfo(version, action) === undefined ? OTHER : action;
}

function attributesOf(session: Session, action: string): SpanAttributes {
  return {
    'rpc.system': 'ocpp',
    'rpc.method': nameOf(session, action),
    'ocpp.version': session.version,
    'voltlane.tenant': session.tenant,
    'voltlane.charger': session.chargerId,
    'voltlane.session': session.sessionId,
  };
}
