/**
 * Answers a worker may have to repeat, as a text that rests in its memory between two messages of a charger. Short, because each call of a
 * charger leaves the one before as garbage: no names, and a session is named once for calls that follow each other. Never stored.
 */
import type { AnsweredCall } from './charger-state.ts';
import { answersLayout } from './state-layout.ts';

/** The text of some answers. */
export function writeAnswers(answers: readonly AnsweredCall[]): string {
  return JSON.stringify(
    answersLayout.write(
      answers.map((call, index) => (call.session === answers[index - 1]?.session ? { ...call, session: '' } : call)),
    ),
  );
}

/** The answers of such a text. */
export function readAnswers(text: string): readonly AnsweredCall[] {
  let session = '';
  return answersLayout.read(JSON.parse(text)).map((call) => {
    if (call.session === '') return { ...call, session };
    session = call.session;
    return call;
  });
}
