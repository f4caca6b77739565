/**
 * Puts questions to handlers over the bus and says what came of each. Knows neither actors nor OCPP.
 *
 * Invariants
 * 1. A question that was taken on is heard of exactly once, at its deadline at the latest; or never, after `stop`, or when it was
 *    found to be unwanted before a copy of it was put.
 * 2. At most `asksMax` questions of `bytesMax` bytes together, and about as many requests, are under way. When full, a question is
 *    refused at once, and what is under way is not repeated.
 * 3. The first answer counts, whichever copy of the question it answers.
 *
 * A question nobody takes is put again after a short wait, until its deadline: a handler that restarts must not show. One that was
 * taken and not answered is put again `attempts` times in all, spread evenly, while the older copies may still be answered.
 */
import type { Bus } from '@voltlane/bus';
import { isBusError } from '@voltlane/bus';
import type { CancelTimer, Clock, Random } from '@voltlane/time';
import { backoffMs } from '@voltlane/time';
import type { Heard } from './heard.ts';
import { encodeQuestion, readReply } from './question.ts';

/** One question. */
export interface Question {
  readonly subject: string;
  /** From `questionText`. */
  readonly text: string;
  /** Time until its deadline, ms. */
  readonly budgetMs: number;
  readonly attempts: number;
  /** False once nobody could use an answer any more: the partition has gone. */
  readonly wanted: () => boolean;
  readonly heard: (heard: Heard, tookMs: number) => void;
}

/** What asking works with. */
export interface HandlerAsksDependencies {
  readonly bus: Pick<Bus, 'request'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly asksMax: number;
  /** Of the texts of all questions under way, in characters. */
  readonly bytesMax: number;
}

/** A question under way. */
interface Ask {
  readonly question: Question;
  readonly startedMs: number;
  readonly deadlineMs: number;
  /** Copies that were put. */
  attempt: number;
  /** Copies that may still be answered. */
  open: number;
  /** Times in a row that nobody took it. */
  untaken: number;
  readonly timers: Set<CancelTimer>;
}

/** Between two looks for somebody who takes the question. */
const NOBODY_BACKOFF = { minMs: 25, maxMs: 400, factor: 2, jitter: 0.5 } as const;

/** The questions of one worker. */
export class HandlerAsks {
  readonly #deps: HandlerAsksDependencies;
  readonly #asks = new Set<Ask>();
  #requests = 0;
  #bytes = 0;

  constructor(deps: HandlerAsksDependencies) {
    this.#deps = deps;
  }

  /** Questions under way. */
  get size(): number {
    return this.#asks.size;
  }

  /** Takes a question on, or says that there is no room. */
  put(question: Question): 'put' | 'full' {
    const { clock, asksMax, bytesMax } = this.#deps;
    if (this.#asks.size >= asksMax || this.#requests >= asksMax) return 'full';
    if (this.#bytes + question.text.length > bytesMax) return 'full';
    const startedMs = clock.monotonicMs();
    const ask: Ask = {
      question,
      startedMs,
      deadlineMs: startedMs + question.budgetMs,
      attempt: 0,
      open: 0,
      untaken: 0,
      timers: new Set(),
    };
    this.#asks.add(ask);
    this.#bytes += question.text.length;
    this.#after(ask, question.budgetMs, () => this.#end(ask, { kind: ask.open > 0 ? 'timeout' : 'noHandler' }));
    for (let copy = 1; copy < question.attempts; copy += 1) {
      this.#after(ask, (question.budgetMs * copy) / question.attempts, () => this.#repeat(ask));
    }
    ask.attempt = 1;
    this.#send(ask);
    return 'put';
  }

  /** Nobody hears of what is under way any more. */
  stop(): void {
    for (const ask of this.#asks) this.#forget(ask);
  }

  #repeat(ask: Ask): void {
    // Nobody has it: the search for somebody goes on by itself.
    if (ask.open === 0 || this.#requests >= this.#deps.asksMax) return;
    ask.attempt += 1;
    this.#send(ask);
  }

  #send(ask: Ask): void {
    if (!ask.question.wanted()) {
      this.#forget(ask);
      return;
    }
    const { bus, clock } = this.#deps;
    const { subject, text } = ask.question;
    this.#requests += 1;
    ask.open += 1;
    const leftMs = Math.max(1, ask.deadlineMs - clock.monotonicMs());
    bus.request(subject, encodeQuestion(text, ask.attempt), leftMs).then(
      (bytes) => {
        this.#requests -= 1;
        this.#end(ask, readReply(bytes));
      },
      (error: unknown) => {
        this.#requests -= 1;
        this.#failed(ask, error);
      },
    );
  }

  #failed(ask: Ask, error: unknown): void {
    if (!isBusError(error)) throw error;
    // The deadline has its own timer, which knows how the question ended.
    if (!this.#asks.has(ask) || error.code === 'timeout') return;
    ask.open -= 1;
    if (!error.retryable) {
      this.#end(ask, { kind: 'noHandler' });
      return;
    }
    if (ask.open > 0) return;
    const waitMs = backoffMs(ask.untaken, NOBODY_BACKOFF, this.#deps.random);
    ask.untaken += 1;
    this.#after(ask, waitMs, () => this.#send(ask));
  }

  #end(ask: Ask, heard: Heard): void {
    if (!this.#asks.has(ask)) return;
    this.#forget(ask);
    ask.question.heard(heard, this.#deps.clock.monotonicMs() - ask.startedMs);
  }

  #forget(ask: Ask): void {
    if (!this.#asks.delete(ask)) return;
    this.#bytes -= ask.question.text.length;
    for (const cancel of ask.timers) cancel();
    ask.timers.clear();
  }

  #after(ask: Ask, delayMs: number, act: () => void): void {
    const cancel = this.#deps.clock.after(delayMs, () => {
      ask.timers.delete(cancel);
      act();
    });
    ask.timers.add(cancel);
  }
}
