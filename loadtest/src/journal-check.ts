/**
 * Holds the journal against the chargers' own records, one record at a time: nothing of the journal is kept but one byte per call.
 *
 * Promises checked:
 * 1. lost: each call that was answered with its result is in the journal. (A status that is known already is not recorded; a charger
 *    whose call got an error cannot know what the broker knows, so its later status reports may be missing.)
 * 2. doubled: no call is there twice, answered or not.
 * 3. reordered: a charger's calls stand in the order it made them.
 * 4. mismatched: the record holds the event of its call, with the transaction's id the charger was told and the energy it counted.
 * 5. foreign: the journal holds no call of ours that the charger did not make.
 */

import type { OcppVersion } from '@voltlane/ocpp';
import type { EventRecord } from '@voltlane/wire';
import type { ExpectedCalls } from './expected-calls.ts';
import { rowOf } from './expected-calls.ts';
import { CALL, CALL_NAMES, eventOfCall } from './generator/call-kind.ts';
import { ENDED } from './generator/charger-record.ts';

/** What the check found. */
export interface JournalFigures {
  /** Calls of the chargers that were answered and must be there. */
  readonly answered: number;
  /** Calls without an answer or with an error, that may be there. */
  readonly uncertain: number;
  /** Records of these calls in the journal. */
  readonly records: number;
  readonly started: number;
  readonly ended: number;
  readonly lost: number;
  readonly doubled: number;
  readonly reordered: number;
  readonly mismatched: number;
  readonly foreign: number;
  /** Some of what was found, in words. */
  readonly examples: readonly string[];
}

/** Of each sort. */
const EXAMPLES_MAX = 6;
/** What a call may tell besides: it is the first the owner hears of a session, or the first after another one. */
const OF_SESSIONS: ReadonlySet<string> = new Set(['charger.connected', 'charger.disconnected']);

type Sort = 'lost' | 'doubled' | 'reordered' | 'mismatched' | 'foreign';

/** Takes the journal's records in its order. */
export class JournalCheck {
  readonly #expected: ExpectedCalls;
  readonly #prefix: string;
  readonly #versions: readonly OcppVersion[];
  readonly #seen: Uint8Array;
  /** The highest number of each charger so far. */
  readonly #last: Uint32Array;
  readonly #examples = new Map<Sort, string[]>();
  #records = 0;
  #started = 0;
  #ended = 0;
  #doubled = 0;
  #reordered = 0;
  #mismatched = 0;
  #foreign = 0;

  constructor(expected: ExpectedCalls, prefix: string, versions: readonly OcppVersion[]) {
    this.#expected = expected;
    this.#prefix = prefix;
    this.#versions = versions;
    this.#seen = new Uint8Array(expected.numbers.length);
    this.#last = new Uint32Array(expected.chargers);
  }

  /** One record; those of other chargers, those no call caused and those that tell of sessions only are passed over. */
  take(record: EventRecord): void {
    const { source, charger: identity, events } = record;
    if (source === undefined || !identity.startsWith(this.#prefix)) return;
    if (events.every(({ kind }) => OF_SESSIONS.has(kind))) return;
    const charger = Number(identity.slice(this.#prefix.length));
    const number = Number(source.messageId);
    const row = Number.isInteger(charger) && Number.isInteger(number) ? rowOf(this.#expected, charger, number) : -1;
    if (row < 0) {
      this.#foreign += 1;
      this.#example(
        'foreign',
        `${identity}: ${source.action} ${source.messageId} is in the journal, the charger knows nothing of it`,
      );
      return;
    }
    this.#records += 1;
    const name = (): string => `${identity}: ${CALL_NAMES[this.#expected.kinds[row] ?? 0]} ${number}`;
    if (this.#seen[row] === 1) {
      this.#doubled += 1;
      this.#example('doubled', `${name()} is in the journal twice`);
      return;
    }
    this.#seen[row] = 1;
    if (number < (this.#last[charger] ?? 0)) {
      this.#reordered += 1;
      this.#example('reordered', `${name()} stands after ${this.#last[charger]}`);
    } else this.#last[charger] = number;
    this.#compare(record, row, name);
  }

  /** The verdict once the journal is through. */
  figures(): JournalFigures {
    const { ended, kinds, starts, numbers, chargers } = this.#expected;
    let answered = 0;
    let lost = 0;
    for (let charger = 0; charger < chargers; charger += 1) {
      let isSure = true;
      for (let row = starts[charger] ?? 0; row < (starts[charger + 1] ?? 0); row += 1) {
        if (ended[row] !== ENDED.answered) {
          isSure = false;
          continue;
        }
        answered += 1;
        if (this.#seen[row] === 1 || (!isSure && kinds[row] === CALL.status)) continue;
        lost += 1;
        const call = `${CALL_NAMES[kinds[row] ?? 0]} ${numbers[row]}`;
        this.#example('lost', `${this.#prefix}${charger}: ${call} was answered and is not in the journal`);
      }
    }
    return {
      answered,
      uncertain: ended.length - answered,
      records: this.#records,
      started: this.#started,
      ended: this.#ended,
      lost,
      doubled: this.#doubled,
      reordered: this.#reordered,
      mismatched: this.#mismatched,
      foreign: this.#foreign,
      examples: [...this.#examples.values()].flat(),
    };
  }

  #compare(record: EventRecord, row: number, name: () => string): void {
    const { kinds, values, versions, ended } = this.#expected;
    const kind = kinds[row] ?? 0;
    const isV16 = this.#versions[versions[row] ?? 0] === '1.6';
    const wanted = eventOfCall(kind, isV16);
    const event = record.events.find((one) => one.kind === wanted);
    if (event === undefined) {
      // What was refused may be recorded as a refusal.
      if (ended[row] !== ENDED.answered) return;
      this.#mismatch(`${name()} has no ${wanted} in its record`);
      return;
    }
    if (kind === CALL.start) this.#started += 1;
    if (kind === CALL.stop) this.#ended += 1;
    if (ended[row] !== ENDED.answered) return;
    const value = values[row] ?? 0;
    if (kind === CALL.start && isV16 && event.data['transactionId'] !== String(value)) {
      this.#mismatch(`${name()} is transaction ${String(event.data['transactionId'])}, the charger was told ${value}`);
    }
    if (kind === CALL.stop && event.data['energyWh'] !== value) {
      this.#mismatch(`${name()} ends with ${String(event.data['energyWh'])} Wh, the charger counted ${value}`);
    }
  }

  #mismatch(text: string): void {
    this.#mismatched += 1;
    this.#example('mismatched', text);
  }

  #example(sort: Sort, text: string): void {
    const examples = this.#examples.get(sort);
    if (examples === undefined) this.#examples.set(sort, [text]);
    else if (examples.length < EXAMPLES_MAX) examples.push(text);
  }
}
