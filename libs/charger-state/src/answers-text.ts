/**
 * Answers a worker may have to repeat, as a text that rests in its memory between two messages of a charger. Short, because each call of a
 * charger leaves the one before as garbage: no names, and a session is named once for calls that follow each other. Never stored.
 */
import type { AnsweredCall } from './charger-state.ts';
import { answersLayout, PLACE } from './state-layout.ts';

const SESSION = PLACE.answeredSession;

/** The text of some answers. */
export function writeAnswers(answers: readonly AnsweredCall[]): string {
  const stored = answersLayout.write(answers) as unknown[][];
  for (let index = stored.length - 1; index > 0; index -= 1) {
    const call = stored[index];
    if (call !== undefined && call[SESSION] === stored[index - 1]?.[SESSION]) call[SESSION] = '';
  }
  return JSON.stringify(stored);
}

/** The answers of such a text. */
export function readAnswers(text: string): readonly AnsweredCall[] {
  const stored = JSON.parse(text) as unknown[][];
  let session: unknown = '';
  for (const call of stored) {
    if (call[SESSION] === '') call[SESSION] = session;
    else session = call[SESSION];
  }
  return answersLayout.read(stored);
}
