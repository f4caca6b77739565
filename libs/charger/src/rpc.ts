/**
 * Owns the RPC layer of one link: which CALL is outstanding, which wait, what an incoming frame answers.
 * It must never know what an action means, and never touch a socket.
 *
 * Invariants:
 * 1. At most `outstandingMax` (1, unless a test misbehaves) CALLs of ours are unanswered at any time.
 * 2. Every `call` ends exactly once: answer, CALLERROR, timeout or loss of the link.
 * 3. Every CALL of the CSMS gets exactly one answer; a CALL is served while ours is outstanding.
 * 4. An answer that fits no outstanding CALL is counted and dropped.
 */
import {
  formatCall,
  formatError,
  formatResult,
  formatResultError,
  formatSend,
  type InvalidFrame,
  type JsonObject,
  type OcppVersion,
  parseFrame,
  stringifyJson,
  validate,
} from '@voltlane/ocpp';
import type { CancelTimer, Clock, Random } from '@voltlane/time';
import { ChargerError } from './errors.ts';
import type { UntimedEvent } from './events.ts';
import { uuid } from './message-id.ts';

/** Answer to a CALL of the CSMS; an error code is spelled as the version spells it. `afterwards` runs when the answer has been handed to the link. */
export type Reply =
  | { readonly kind: 'result'; readonly payload: unknown; readonly afterwards?: () => void }
  | { readonly kind: 'error'; readonly code: string; readonly description: string };

/** Counters of one charger; they survive its links. */
export interface RpcCounters {
  sent: number;
  answered: number;
  callErrors: number;
  timeouts: number;
  lateAnswers: number;
  received: number;
  refused: number;
  badFrames: number;
}

/** All zero. */
export function createRpcCounters(): RpcCounters {
  return { sent: 0, answered: 0, callErrors: 0, timeouts: 0, lateAnswers: 0, received: 0, refused: 0, badFrames: 0 };
}

/** Hooks between the RPC layer and the link, for chargers that misbehave. `pass` may be called later, often or never. */
export interface FrameTap {
  /** Sees each frame before it is sent. */
  outgoing?(text: string, pass: (text: string) => void): void;
  /** Sees each frame before it is read. */
  incoming?(text: string, pass: (text: string) => void): void;
}

/** What the RPC layer needs from its owner. */
export interface RpcDeps {
  readonly version: OcppVersion;
  readonly clock: Clock;
  readonly random: Random;
  readonly counters: RpcCounters;
  /** Puts a frame on the link. */
  transmit(text: string): void;
  /** Decides the answer to a CALL of the CSMS. */
  handle(action: string, payload: JsonObject): Reply;
  /** Tells what happened. */
  note(event: UntimedEvent): void;
  /** Time to wait for an answer; read for each CALL. */
  callTimeoutMs(): number;
  /** Check what we send against the schemas and refuse to send what does not fit. */
  readonly strictSending: boolean;
  /** Hooks of a misbehaving charger; read for each frame. */
  tap(): FrameTap | undefined;
}

/** How one CALL is to be sent. */
export interface CallOptions {
  /** Use this id instead of a new one (a retry may). */
  readonly messageId?: string;
  /** Called when the frame is handed to the link, with the id that it carries. */
  readonly onSent?: (messageId: string) => void;
}

interface Waiting {
  readonly messageId: string;
  readonly action: string;
  readonly payloadText: string;
  readonly onSent: ((messageId: string) => void) | undefined;
  readonly resolve: (payload: JsonObject) => void;
  readonly reject: (error: ChargerError) => void;
  sentAtMs: number;
  cancelTimeout: CancelTimer | undefined;
}

/** CALLs that may wait for the outstanding one before `call` refuses. */
const WAITING_MAX = 64;

/** One side of RPC over one link. Not usable after `close`. */
export class Rpc {
  readonly #deps: RpcDeps;
  readonly #outstanding: Map<string, Waiting> = new Map();
  readonly #waiting: Waiting[] = [];
  #outstandingMax = 1;
  #closed = false;

  constructor(deps: RpcDeps) {
    this.#deps = deps;
  }

  /** CALLs sent and not yet answered. */
  get outstanding(): number {
    return this.#outstanding.size;
  }

  /** Lets more CALLs be outstanding than OCPP allows. Misbehaviour only. */
  pipeline(outstandingMax: number): void {
    this.#outstandingMax = outstandingMax;
    this.#sendNext();
  }

  /** Sends a CALL when its turn comes; the answer's payload has passed its schema. Rejects with a `ChargerError`. */
  async call(action: string, payload: object, options: CallOptions = {}): Promise<JsonObject> {
    if (this.#closed) throw new ChargerError('link-lost', `${action} not sent: the link is gone`);
    if (this.#waiting.length >= WAITING_MAX) {
      throw new ChargerError('queue-full', `${action} not sent: ${WAITING_MAX} calls wait already`);
    }
    const payloadText = this.#payloadText(action, payload);
    return new Promise<JsonObject>((resolve, reject) => {
      this.#waiting.push({
        messageId: options.messageId ?? uuid(this.#deps.random),
        action,
        payloadText,
        onSent: options.onSent,
        resolve,
        reject,
        sentAtMs: 0,
        cancelTimeout: undefined,
      });
      this.#sendNext();
    });
  }

  /** Sends a SEND (2.1): no answer will come. */
  send(action: string, payload: object): void {
    if (this.#closed) return;
    const messageId = uuid(this.#deps.random);
    const payloadText = this.#payloadText(action, payload);
    this.#deps.note({ kind: 'sent', messageId, action, payloadText });
    this.#transmit(formatSend(messageId, action, payloadText));
  }

  /** Takes one text frame from the link. */
  receive(text: string): void {
    const tap = this.#deps.tap();
    if (tap?.incoming === undefined) this.#read(text);
    else
      tap.incoming(text, (passed) => {
        this.#read(passed);
      });
  }

  /** The link is gone: everything unanswered fails with `error`. */
  close(error: ChargerError): void {
    if (this.#closed) return;
    this.#closed = true;
    const lost = [...this.#outstanding.values(), ...this.#waiting];
    this.#outstanding.clear();
    this.#waiting.length = 0;
    for (const call of lost) {
      call.cancelTimeout?.();
      call.reject(error);
    }
  }

  #payloadText(action: string, payload: object): string {
    if (this.#deps.strictSending) {
      const violation = validate(this.#deps.version, action, 'request', payload, 'strict');
      if (violation !== undefined) {
        const rpcDescription = violation.description;
        throw new ChargerError('invalid-request', `${action} ${this.#deps.version}: ${rpcDescription}`, {
          rpcDescription,
        });
      }
    }
    return stringifyJson(payload);
  }

  #transmit(text: string): void {
    if (this.#closed) return;
    const tap = this.#deps.tap();
    if (tap?.outgoing === undefined) this.#deps.transmit(text);
    else
      tap.outgoing(text, (passed) => {
        this.#deps.transmit(passed);
      });
  }

  #sendNext(): void {
    while (!this.#closed && this.#outstanding.size < this.#outstandingMax) {
      const call = this.#waiting.shift();
      if (call === undefined) return;
      const { clock, counters } = this.#deps;
      call.sentAtMs = clock.monotonicMs();
      call.cancelTimeout = clock.after(this.#deps.callTimeoutMs(), () => {
        this.#timeOut(call);
      });
      this.#outstanding.set(call.messageId, call);
      counters.sent += 1;
      this.#deps.note({ kind: 'sent', messageId: call.messageId, action: call.action, payloadText: call.payloadText });
      call.onSent?.(call.messageId);
      this.#transmit(formatCall(call.messageId, call.action, call.payloadText));
    }
  }

  #timeOut(call: Waiting): void {
    if (!this.#outstanding.delete(call.messageId)) return;
    this.#deps.counters.timeouts += 1;
    this.#deps.note({ kind: 'timed-out', messageId: call.messageId, action: call.action });
    call.reject(
      new ChargerError('call-timeout', `no answer to ${call.action} within ${this.#deps.callTimeoutMs()} ms`),
    );
    this.#sendNext();
  }

  #read(text: string): void {
    if (this.#closed) return;
    const frame = parseFrame(text, this.#deps.version);
    switch (frame.kind) {
      case 'call':
        this.#serve(frame.messageId, frame.action, frame.payload, frame.payloadText);
        return;
      case 'result':
        this.#finish(frame.messageId, (call) => {
          this.#accept(call, frame.payload, frame.payloadText);
        });
        return;
      case 'error':
        this.#finish(frame.messageId, (call) => {
          this.#deps.counters.callErrors += 1;
          const { code, description } = frame;
          this.#deps.note({ kind: 'refused', messageId: call.messageId, action: call.action, code, description });
          const message = `${call.action} refused: ${code} ${description}`;
          call.reject(new ChargerError('call-error', message, { rpcCode: code, rpcDescription: description }));
        });
        return;
      case 'invalid':
        this.#deps.counters.badFrames += 1;
        this.#deps.note({ kind: 'bad-frame', reason: frame.reason, description: frame.description });
        if (frame.answer !== undefined) this.#transmit(frame.answer);
        this.#failBroken(frame);
        return;
      case 'resultError':
      case 'send':
        // Nothing to do: a CALLRESULTERROR complains about an answer that is gone, and no SEND goes to a charger.
        this.#deps.note({ kind: 'bad-frame', reason: frame.kind, description: `unexpected ${frame.kind}` });
        return;
    }
  }

  /** A broken answer still ends the call it belongs to. */
  #failBroken(frame: InvalidFrame): void {
    if (frame.messageType !== 3 && frame.messageType !== 4) return;
    if (frame.messageId === undefined || !this.#outstanding.has(frame.messageId)) return;
    this.#finish(frame.messageId, (call) => {
      call.reject(new ChargerError('invalid-answer', `answer to ${call.action}: ${frame.description}`));
    });
  }

  #finish(messageId: string, conclude: (call: Waiting) => void): void {
    const call = this.#outstanding.get(messageId);
    if (call === undefined) {
      this.#deps.counters.lateAnswers += 1;
      this.#deps.note({ kind: 'late-answer', messageId });
      return;
    }
    this.#outstanding.delete(messageId);
    call.cancelTimeout?.();
    conclude(call);
    this.#sendNext();
  }

  #accept(call: Waiting, payload: JsonObject, payloadText: string): void {
    const { version, clock, counters } = this.#deps;
    const violation = validate(version, call.action, 'response', payload, 'strict');
    if (violation === undefined) {
      counters.answered += 1;
      const tookMs = clock.monotonicMs() - call.sentAtMs;
      this.#deps.note({ kind: 'answered', messageId: call.messageId, action: call.action, payloadText, tookMs });
      call.resolve(payload);
      return;
    }
    counters.badFrames += 1;
    const { description } = violation;
    this.#deps.note({ kind: 'bad-frame', reason: 'invalid-answer', description: `${call.action}: ${description}` });
    // Only 2.1 may complain about an answer (CALLRESULTERROR, FR.06).
    if (version === '2.1') this.#transmit(formatResultError(call.messageId, violation.code, description));
    call.reject(
      new ChargerError('invalid-answer', `answer to ${call.action}: ${description}`, { rpcDescription: description }),
    );
  }

  #serve(messageId: string, action: string, payload: JsonObject, payloadText: string): void {
    const { version, counters } = this.#deps;
    counters.received += 1;
    this.#deps.note({ kind: 'received', messageId, action, payloadText });
    const reply = this.#deps.handle(action, payload);
    if (reply.kind === 'error') {
      counters.refused += 1;
      const { code, description } = reply;
      this.#deps.note({ kind: 'reply-refused', messageId, action, code, description });
      this.#transmit(formatError(version, messageId, code, description));
      return;
    }
    const invalid = this.#deps.strictSending
      ? validate(version, action, 'response', reply.payload, 'strict')
      : undefined;
    if (invalid !== undefined) {
      this.#deps.note({ kind: 'bad-frame', reason: 'invalid-reply', description: `${action}: ${invalid.description}` });
      this.#transmit(formatError(version, messageId, 'InternalError', 'the answer did not fit its schema'));
      return;
    }
    const answerText = stringifyJson(reply.payload);
    this.#deps.note({ kind: 'replied', messageId, action, payloadText: answerText });
    this.#transmit(formatResult(messageId, answerText));
    reply.afterwards?.();
  }
}
