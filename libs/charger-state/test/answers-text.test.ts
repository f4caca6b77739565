import { describe, expect, it } from 'vitest';
import { answersWith, mayHaveAnswered, NO_ANSWERS, readAnswers, writeAnswers } from '../src/answers-text.ts';
import { type AnsweredCall, STATE_LIMITS } from '../src/charger-state.ts';

const call = (session: string, seq: number, answer: AnsweredCall['answer']): AnsweredCall => ({
  session,
  seq,
  messageId: `m${seq}`,
  fingerprint: seq * 3,
  answer,
});
const ANSWERS: readonly AnsweredCall[] = [
  call('s2', 2, { kind: 'result', payload: '{"status":"Accepted"}' }),
  call('s2', 1, { kind: 'noted' }),
  call('s1', 9, { kind: 'error', code: 'InternalError', description: 'ö' }),
  call('s1', 8, { kind: 'result', payload: '' }),
  call('s2', 0, { kind: 'noted' }),
];

describe('the text of answers', () => {
  it('gives them back', () => {
    for (let count = 0; count <= STATE_LIMITS.answeredMax; count += 1) {
      const some = ANSWERS.slice(0, count);
      expect(readAnswers(writeAnswers(some))).toEqual(some);
    }
  });

  it('keeps the newest of too many', () => {
    const text = ANSWERS.reduceRight((before, answer) => answersWith(answer, before), NO_ANSWERS);
    expect(readAnswers(text)).toEqual(ANSWERS.slice(0, STATE_LIMITS.answeredMax));
  });

  it('tells which message ids it has not', () => {
    const odd = ['a"b', 'Ω\n', '["s2",'].map((messageId) => ({ ...call('s2', 3, { kind: 'noted' }), messageId }));
    const text = writeAnswers(odd);
    expect(readAnswers(text)).toEqual(odd);
    for (const { messageId } of odd) expect(mayHaveAnswered(text, messageId)).toBe(true);
    for (const other of ['a', 'Ω', 's2x']) expect(mayHaveAnswered(text, other)).toBe(false);
    expect(mayHaveAnswered(NO_ANSWERS, '')).toBe(false);
  });

  it('names a session once for calls that follow each other', () => {
    expect(writeAnswers(ANSWERS.slice(0, 3)).split('"s2"')).toHaveLength(2);
  });
});
