import { describe, expect, it } from 'vitest';
import { readAnswers, writeAnswers } from '../src/answers-text.ts';
import type { AnsweredCall } from '../src/charger-state.ts';

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
    for (let count = 0; count <= ANSWERS.length; count += 1) {
      const some = ANSWERS.slice(0, count);
      expect(readAnswers(writeAnswers(some))).toEqual(some);
    }
  });

  it('names a session once for calls that follow each other', () => {
    expect(writeAnswers(ANSWERS.slice(0, 3)).split('"s2"')).toHaveLength(2);
  });
});
