/** What came of asking a handler: its word, or the reason why there is none. */
import type { NeutralErrorCode } from '@voltlane/ocpp';

/** How asking ended, as it is counted. */
export const ASK_OUTCOMES = ['answered', 'declined', 'invalid', 'noHandler', 'timeout', 'full'] as const;

/** One of `ASK_OUTCOMES`. */
export type AskOutcome = (typeof ASK_OUTCOMES)[number];

/** A usable word of a handler. */
export type Word =
  | { readonly kind: 'response'; readonly payload: Readonly<Record<string, unknown>> }
  | { readonly kind: 'error'; readonly code: NeutralErrorCode; readonly description: string };

/**
 * - `declined`: the handler asked for the fallback.
 * - `invalid`: its reply is not one; `why` holds nothing of its content.
 * - `noHandler`: nobody took the question until the deadline.
 * - `timeout`: somebody took it and did not answer in time.
 * - `full`: too many questions wait; this one was not put.
 */
export type Heard =
  | Word
  | { readonly kind: 'invalid'; readonly why: string }
  | { readonly kind: 'declined' | 'noHandler' | 'timeout' | 'full' };
