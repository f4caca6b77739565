/**
 * Owns the vocabulary in which a charger tells what happens to it: one closed union, given to the `log` callback. A
 * history is just the list of these. Events hold text, never parsed messages.
 */
import type { ChargerErrorCode } from './errors.ts';

/** One thing that happened, as the charger itself believes it. `atMs` is the charger's own wall clock. */
export type ChargerEvent = { readonly atMs: number } & (
  | { readonly kind: 'connected'; readonly subprotocol: string }
  | {
      readonly kind: 'connect-failed';
      readonly code: ChargerErrorCode;
      readonly message: string;
      readonly status: number | undefined;
      readonly retryInMs: number;
    }
  | {
      readonly kind: 'disconnected';
      readonly code: number;
      readonly reason: string;
      readonly retryInMs: number | undefined;
    }
  | { readonly kind: 'booted'; readonly status: string; readonly intervalS: number }
  | { readonly kind: 'boot-failed'; readonly message: string; readonly retryInMs: number }
  | { readonly kind: 'sent'; readonly messageId: string; readonly action: string; readonly payloadText: string }
  | {
      readonly kind: 'answered';
      readonly messageId: string;
      readonly action: string;
      readonly payloadText: string;
      readonly tookMs: number;
    }
  | {
      readonly kind: 'refused';
      readonly messageId: string;
      readonly action: string;
      readonly code: string;
      readonly description: string;
    }
  | { readonly kind: 'timed-out'; readonly messageId: string; readonly action: string }
  | { readonly kind: 'late-answer'; readonly messageId: string }
  | { readonly kind: 'received'; readonly messageId: string; readonly action: string; readonly payloadText: string }
  | { readonly kind: 'replied'; readonly messageId: string; readonly action: string; readonly payloadText: string }
  | {
      readonly kind: 'reply-refused';
      readonly messageId: string;
      readonly action: string;
      readonly code: string;
      readonly description: string;
    }
  | { readonly kind: 'bad-frame'; readonly reason: string; readonly description: string }
  | { readonly kind: 'queued'; readonly action: string; readonly transaction: string; readonly waiting: number }
  | { readonly kind: 'discarded'; readonly action: string; readonly transaction: string; readonly attempts: number }
  | { readonly kind: 'status'; readonly connectorId: number; readonly status: string }
  | { readonly kind: 'authorized'; readonly idToken: string; readonly status: string }
  | {
      readonly kind: 'transaction-started';
      readonly connectorId: number;
      readonly transaction: string;
      readonly idToken: string;
      readonly registerWh: number;
    }
  | {
      readonly kind: 'transaction-id';
      readonly transaction: string;
      readonly transactionId: string;
      readonly idTokenStatus: string;
    }
  | {
      readonly kind: 'sample';
      readonly connectorId: number;
      readonly transaction: string;
      readonly powerW: number;
      readonly currentA: number;
      readonly registerWh: number;
      readonly energyWh: number;
      readonly socPercent: number | undefined;
    }
  | {
      readonly kind: 'transaction-ended';
      readonly connectorId: number;
      readonly transaction: string;
      readonly reason: string;
      readonly registerWh: number;
      readonly energyWh: number;
    }
  | { readonly kind: 'resetting'; readonly how: string }
);

/** An event before the charger has put its time on it. */
export type UntimedEvent = ChargerEvent extends infer E ? (E extends ChargerEvent ? Omit<E, 'atMs'> : never) : never;

/** Takes events as they happen; must not throw and must not block. */
export type EventSink = (event: ChargerEvent) => void;

/** Keeps the newest `max` events: a charger's own history for tests and checks. */
export function createEventList(max: number): { readonly sink: EventSink; list(): readonly ChargerEvent[] } {
  let events: ChargerEvent[] = [];
  return {
    sink(event): void {
      events.push(event);
      if (events.length > 2 * max) events = events.slice(-max);
    },
    list: () => events.slice(-max),
  };
}
