/**
 * Answers a worker may have to repeat, as a text that rests in its memory between two messages of a charger: a line for each, newest first,
 * so that one more is put in front without reading the others. Short, because each call of a charger leaves the one before as garbage: no
 * names, and a session is named once for calls that follow each other. Never stored.
 */
import { printableJson, printableText } from '@voltlane/wire';
import type { AnsweredCall } from './charger-state.ts';
import { STATE_LIMITS } from './charger-state.ts';
import { answeredLayout, PLACE } from './state-layout.ts';

const SESSION = PLACE.answeredSession;

/** The text of no answers. */
export const NO_ANSWERS = '';

/** The text of some answers, newest first. */
export function writeAnswers(answers: readonly AnsweredCall[]): string {
  return answers.reduceRight((text, answer) => answersWith(answer, text), NO_ANSWERS);
}

/** The text with one more in front, and without what is too many. Of a call the text must not have yet (`mayHaveAnswered`). */
export function answersWith(answer: AnsweredCall, text: string): string {
  const line = printableJson(answeredLayout.write(answer));
  if (text === NO_ANSWERS) return line;
  const named = `[${printableText(answer.session)},`;
  const rest = shortened(text, STATE_LIMITS.answeredMax - 1);
  // Joined, because what `+` makes keeps both halves as they are, the whole old text among them.
  return rest.startsWith(named) ? [line, '\n["",', rest.slice(named.length)].join('') : [line, '\n', rest].join('');
}

/** The answers of such a text. */
export function readAnswers(text: string): readonly AnsweredCall[] {
  if (text === NO_ANSWERS) return [];
  let session: unknown = '';
  return text.split('\n').map((line) => {
    const stored = JSON.parse(line) as unknown[];
    if (stored[SESSION] === '') stored[SESSION] = session;
    else session = stored[SESSION];
    return answeredLayout.read(stored);
  });
}

/** False when no answer of the text is to a call with this message id, which can be told without reading it. */
export function mayHaveAnswered(text: string, messageId: string): boolean {
  return text !== NO_ANSWERS && text.includes(printableText(messageId));
}

/** At most that many lines of it. */
function shortened(text: string, lines: number): string {
  let end = -1;
  for (let line = 0; line < lines; line += 1) {
    end = text.indexOf('\n', end + 1);
    if (end < 0) return text;
  }
  return text.slice(0, end);
}
