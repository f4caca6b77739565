/**
 * The two closed vocabularies of a session: what can happen to it, and what it can ask to be done. Plain data, so that a test
 * is a table of events and expected effects. Nothing here acts.
 */
import type { DownlinkReply, Uplink, UplinkAnswer } from '@voltlane/wire';

/** Why an uplink message will get no reply: its deadline passed, or the edge holds as many as it may. */
export type GivenUp = 'deadline' | 'overload';

/** Why the edge cuts a socket without a close handshake. `quirk`: the charger's model would not come back after one. */
export type CutReason = 'silent' | 'slowReader' | 'stop' | 'quirk';

/** Something that happened to a session. Wall-clock stamps travel in the event; the machine itself reads no clock. */
export type SessionEvent =
  /** The upgrade is through; first event of every session. */
  | {
      readonly kind: 'opened';
      readonly openedAtMs: number;
      readonly remoteAddress: string;
      readonly securityProfile: number;
    }
  /** A text frame, or a binary one that was valid UTF-8. */
  | {
      readonly kind: 'frame';
      readonly text: string;
      readonly receivedAtMs: number;
      /** Context of the span of the call it brings, if it brings one. */
      readonly traceparent?: string | undefined;
    }
  /** A binary frame that was not valid UTF-8. */
  | { readonly kind: 'unreadable' }
  /** A ping or pong of the charger: it lives. */
  | { readonly kind: 'heard' }
  /** The worker answered the uplink message `seq`. */
  | { readonly kind: 'reply'; readonly seq: number; readonly outcome: DownlinkReply['outcome'] }
  /** Nobody will answer the uplink message `seq` any more. */
  | { readonly kind: 'gaveUp'; readonly seq: number; readonly why: GivenUp }
  /** A CALL for the charger came down. */
  | {
      readonly kind: 'command';
      readonly commandId: string;
      readonly action: string;
      readonly payload: string;
      readonly timeoutMs: number;
      /** Context of the span of the command. */
      readonly traceparent?: string | undefined;
    }
  /** The socket is to be closed now: replaced, or by a rule of the worker. */
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }
  /** The socket is to be closed once the calls taken from it are answered. */
  | { readonly kind: 'drain'; readonly code: number; readonly reason: string }
  /** The socket is to go without a close handshake: the peer does not read, or there is no time left. */
  | { readonly kind: 'cut'; readonly reason: CutReason }
  /** The socket is gone; last event that concerns the socket. */
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string; readonly closedAtMs: number }
  /** Time passed; sent only when `sweepDueAtMs` has come. */
  | { readonly kind: 'sweep' };

/** What became of a CALL of the charger, as a metric label. */
export type CallOutcome = 'result' | 'error' | 'noted' | 'deadline' | 'overload';

/** Things a session counts that are not the outcome of a call. */
export type SessionCounter =
  /** Label: reason of the parser (closed list). */
  | 'frameInvalid'
  /** Label: code of the CALLERROR or CALLRESULTERROR the edge sent. */
  | 'errorSent'
  /** A CALL equal to one still queued or pending. */
  | 'coalesced'
  /** Label: deviation code the lenient pipeline mended. */
  | 'deviation'
  /** An answer that matches no outstanding CALL. Label: the frame's kind. */
  | 'unmatched'
  /** A CALL of a SEND action, answered with an empty result. */
  | 'sendAsCall'
  /** A SEND that was dropped because it was unknown or broke its schema. */
  | 'sendDropped'
  /** Reading the socket was paused because the charger had too many calls in the queue. */
  | 'paused'
  /** A CALL to the charger. Label: its outcome. */
  | 'command'
  /** The charger said that our answer broke its schema (CALLRESULTERROR, OCPP 2.1). */
  | 'resultRefused';

/** Something a session wants done; performed in the order given, by `connection.ts` alone. */
export type SessionEffect =
  | { readonly kind: 'sendText'; readonly text: string }
  /** Hand to the uplink. `deadlineAtMs` is monotonic; Infinity means as long as the socket is open. */
  | { readonly kind: 'publish'; readonly uplink: Uplink; readonly deadlineAtMs: number }
  | { readonly kind: 'closeSocket'; readonly code: number; readonly reason: string }
  /** Cut without a close handshake: the peer is not there to take part in one. */
  | { readonly kind: 'cutSocket'; readonly reason: CutReason }
  | { readonly kind: 'pauseReading' }
  | { readonly kind: 'resumeReading' }
  | { readonly kind: 'ping' }
  /** A CALL of the charger is done with. `tookMs` counts from its arrival. */
  | {
      readonly kind: 'callDone';
      readonly action: string;
      readonly outcome: CallOutcome;
      readonly tookMs: number;
      readonly traceparent: string | undefined;
    }
  /** A traced CALL of the charger was refused here. */
  | { readonly kind: 'callRefused'; readonly action: string; readonly code: string; readonly traceparent: string }
  /** A traced CALL to the charger is done with. `tookMs` counts from its sending. */
  | {
      readonly kind: 'commandDone';
      readonly action: string;
      readonly outcome: UplinkAnswer['outcome']['kind'];
      readonly tookMs: number;
      readonly traceparent: string;
    }
  | { readonly kind: 'count'; readonly counter: SessionCounter; readonly label: string }
  /** The session has nothing more to do; forget it. */
  | { readonly kind: 'ended' };
