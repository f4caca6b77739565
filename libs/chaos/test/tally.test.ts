import { describe, expect, it } from 'vitest';
import { createTally, sightingsBetween } from '../src/tally.ts';

const sent = { atMs: 0, kind: 'sent', messageId: '1', action: 'Heartbeat', payloadText: '{}' } as const;
const answered = { ...sent, kind: 'answered', tookMs: 1 } as const;
const disconnected = { atMs: 0, kind: 'disconnected', code: 1006, reason: '', retryInMs: 1 } as const;
const refused = {
  atMs: 0,
  kind: 'refused',
  messageId: '1',
  action: 'Heartbeat',
  code: 'X',
  description: 'why',
} as const;

describe('the tally', () => {
  it('counts a call as cut when its socket closes before the answer', () => {
    const tally = createTally();
    const one = tally.sink();
    const other = tally.sink();
    one(sent);
    one(answered);
    one(disconnected);
    other(sent);
    other(disconnected);
    other(disconnected);
    expect(tally.now()).toMatchObject({ sent: 2, answered: 1, cut: 1, disconnects: 3 });
  });

  it('tells what was seen between two moments, and errors in words', () => {
    const tally = createTally();
    const sink = tally.sink();
    sink(sent);
    const before = tally.now();
    sink(refused);
    expect(sightingsBetween(before, tally.now())).toMatchObject({ sent: 0, errors: 1, cut: 0 });
    expect(tally.examples()).toEqual(['Heartbeat got X why']);
  });
});
