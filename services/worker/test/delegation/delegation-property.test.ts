/**
 * Whatever order calls, resends, words of the handler, its absences, moves of the partition and changes of settings come in: each
 * call is answered, in order per charger, each transaction is recorded once, and the handler knows a call by one id.
 */
import type { UplinkCall } from '@voltlane/wire';
import { sessionId } from '@voltlane/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BOOT, call, opened, start } from '../uplinks.ts';
import type { Rig } from './rig.ts';
import { createRig, sessionOf } from './rig.ts';

const CHARGERS = ['CP1', 'CP2', 'CP3'] as const;
const RESEND_MS = 1000;
const DEADLINE_MS = 700;

type Step =
  | { readonly kind: 'call'; readonly charger: number; readonly action: 'StartTransaction' | 'Authorize' | 'Heartbeat' }
  | { readonly kind: 'resend' | 'move' | 'leave' | 'comeBack' | 'undelegate' | 'delegate' }
  | { readonly kind: 'word'; readonly question: number; readonly reply: unknown }
  | { readonly kind: 'pass'; readonly ms: number };

const REPLIES = [
  { response: { idTagInfo: { status: 'Accepted' } } },
  { response: { idTagInfo: { status: 'Blocked' } } },
  { fallback: true },
  { error: { code: 'GenericError' } },
  { response: { wrong: true } },
  'nonsense',
];

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      charger: fc.nat(CHARGERS.length - 1),
      action: fc.constantFrom('StartTransaction' as const, 'Authorize' as const, 'Heartbeat' as const),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('word' as const),
      question: fc.nat(3),
      reply: fc.constantFrom(...REPLIES),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(400) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'resend' as const,
        'move' as const,
        'leave' as const,
        'comeBack' as const,
        'undelegate' as const,
        'delegate' as const,
        'delegate' as const,
      ),
    }),
  },
);

/** Plays the steps, then a good end: the handler is there and answers, and edges send again what has no answer. */
class Play {
  readonly rig: Rig;
  readonly sent: UplinkCall[] = [];
  readonly #next = new Map<string, number>();
  #present = true;

  constructor(rig: Rig) {
    this.rig = rig;
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const one of steps) {
      await this.#take(one);
      await this.rig.clock.advanceAsync(1);
    }
    await this.#take({ kind: 'comeBack' });
    this.rig.handler.auto(() => REPLIES[0]);
    for (let round = 0; round < 30 && this.unanswered().length > 0; round += 1) {
      await this.rig.clock.advanceAsync(RESEND_MS);
      this.#resend();
      await this.rig.clock.advanceAsync(10);
    }
  }

  unanswered(): readonly UplinkCall[] {
    return this.sent.filter((one) => this.rig.outcomes(one.chargerId, one.seq).length === 0);
  }

  async #take(one: Step): Promise<void> {
    const { rig } = this;
    switch (one.kind) {
      case 'call':
        this.#call(CHARGERS[one.charger] ?? 'CP1', one.action);
        return;
      case 'word': {
        // One of the last questions, perhaps answered already, perhaps of a call nobody waits for.
        const index = rig.handler.asked.length - 1 - one.question;
        if (index >= 0) rig.handler.answer(index, one.reply);
        return;
      }
      case 'pass':
        await rig.clock.advanceAsync(one.ms);
        return;
      case 'resend':
        this.#resend();
        return;
      case 'move':
        rig.move();
        // As edges do when a new owner announces itself.
        this.#resend();
        return;
      case 'leave':
        if (this.#present) rig.handler.leave();
        this.#present = false;
        return;
      case 'comeBack':
        if (!this.#present) rig.handler.comeBack();
        this.#present = true;
        return;
      case 'delegate':
        await delegateAll(rig);
        return;
      case 'undelegate':
        await rig.delegate({});
        return;
      default:
        one satisfies never;
    }
  }

  #call(charger: string, action: string): void {
    const seq = this.#next.get(charger) ?? 2;
    this.#next.set(charger, seq + 1);
    const payload = action === 'StartTransaction' ? start(seq) : action === 'Authorize' ? { idTag: `T${seq}` } : {};
    const uplink = call(charger, seq, action, payload, { sessionId: sessionId(sessionOf(charger)), budgetMs: 600_000 });
    this.sent.push(uplink);
    this.rig.deliver(uplink);
  }

  #resend(): void {
    for (const one of this.unanswered()) this.rig.deliver(one);
  }
}

async function delegateAll(rig: Rig): Promise<void> {
  const setting = { deadlineMs: DEADLINE_MS, attempts: 2, fallback: 'reject' };
  await rig.delegate({ Authorize: setting, StartTransaction: { ...setting, fallback: 'callError' } });
}

async function play(steps: readonly Step[]): Promise<Play> {
  const rig = await createRig({ handles: ['Authorize', 'StartTransaction'] });
  for (const charger of CHARGERS) {
    rig.deliver(opened(charger, sessionOf(charger)));
    rig.deliver(call(charger, 1, 'BootNotification', BOOT, { sessionId: sessionId(sessionOf(charger)) }));
  }
  await delegateAll(rig);
  await rig.clock.advanceAsync(10);
  const played = new Play(rig);
  await played.run(steps);
  return played;
}

describe('delegation under any interleaving', () => {
  it('answers everything, in order, once', { timeout: 120_000 }, async () => {
    let asked = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80, size: 'max' }), async (steps) => {
        const { rig, sent, unanswered } = await play(steps).then((played) => ({
          rig: played.rig,
          sent: played.sent,
          unanswered: played.unanswered(),
        }));
        asked += rig.handler.asked.length;
        expect(unanswered).toEqual([]);
        for (const charger of CHARGERS) {
          const own = rig.replies.filter(({ reply }) => reply.sessionId === sessionOf(charger));
          const order = [...new Set(own.map(({ reply }) => reply.seq))];
          expect(order, `answers to ${charger}`).toEqual(order.toSorted((a, b) => a - b));
          const questions = rig.handler.asked.filter((question) => question.charger === charger);
          const counts = questions.map(({ requestId }) => Number(requestId.split('.').at(-1)));
          expect(counts, `questions about ${charger}`).toEqual(counts.toSorted((a, b) => a - b));
          for (const { requestId, messageId } of questions)
            expect(requestId).toBe(`${sessionOf(charger)}.${messageId.slice(1)}`);
          await checkTransactions(rig, charger, sent);
        }
      }),
      { numRuns: 100 },
    );
    expect(asked).toBeGreaterThan(500);
  });
});

/** Each start is one transaction, or was refused with an error that is recorded; each of its answers says the same. */
async function checkTransactions(rig: Rig, charger: string, sent: readonly UplinkCall[]): Promise<void> {
  const events = await rig.events(charger);
  for (const one of sent.filter(({ action, chargerId }) => action === 'StartTransaction' && chargerId === charger)) {
    const own = events.filter(({ messageId }) => messageId === one.messageId).map(({ event }) => event);
    const started = own.filter(({ kind }) => kind === 'transaction.started');
    expect(started.length, `starts of ${charger} ${one.messageId}`).toBeLessThanOrEqual(1);
    expect(own.length, `records of ${charger} ${one.messageId}`).toBeGreaterThan(0);
    const ids = rig
      .outcomes(charger, one.seq)
      .flatMap((outcome) =>
        outcome.kind === 'result' ? [(JSON.parse(outcome.payload) as { transactionId: number }).transactionId] : [],
      );
    expect(new Set(ids).size, `ids of ${charger} ${one.messageId}`).toBeLessThanOrEqual(1);
    if (ids.length > 0) expect(started.map(({ data }) => data['transactionId'])).toEqual([String(ids[0])]);
  }
}
