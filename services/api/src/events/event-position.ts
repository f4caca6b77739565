/**
 * Where a reader stands in the journal, and its text: `<sequence>-<index>` after one event of a record, `<sequence>` after all that
 * the journal held up to there. Pure. Clients pass it back as they got it.
 */

/** Everything before event `next` of record `sequence` was delivered; all of the record when `next` is infinite. */
export interface EventPosition {
  readonly sequence: number;
  readonly next: number;
}

const TEXT = /^(0|[1-9][0-9]{0,14})(?:-(0|[1-9][0-9]{0,4}))?$/;

/** After all of record `sequence`; 0 is before the first. */
export function afterRecord(sequence: number): EventPosition {
  return { sequence, next: Number.POSITIVE_INFINITY };
}

/** First record that may hold something not delivered yet. */
export function firstWanted({ sequence, next }: EventPosition): number {
  return next === Number.POSITIVE_INFINITY ? sequence + 1 : sequence;
}

/** Text of a position after which event `index` of record `sequence`, or all of it, is through. */
export function positionText({ sequence, next }: EventPosition): string {
  return next === Number.POSITIVE_INFINITY || next === 0 ? String(sequence) : `${sequence}-${next - 1}`;
}

/** The position of a text; undefined for what is none. */
export function parsePosition(text: string): EventPosition | undefined {
  const [, sequence, index] = TEXT.exec(text) ?? [];
  if (sequence === undefined) return undefined;
  return index === undefined ? afterRecord(Number(sequence)) : { sequence: Number(sequence), next: Number(index) + 1 };
}
