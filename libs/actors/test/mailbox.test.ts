import { describe, expect, it } from 'vitest';
import { Mailbox } from '../src/mailbox.ts';

describe('Mailbox', () => {
  it('gives messages back in the order they came, over many rounds', () => {
    const mailbox = new Mailbox<number>();
    const out: number[] = [];
    let next = 0;
    for (let round = 0; round < 50; round += 1) {
      for (let count = 0; count < (round * 7) % 11; count += 1) mailbox.push(next++);
      for (let count = 0; count < (round * 5) % 9; count += 1) {
        const message = mailbox.shift();
        if (message !== undefined) out.push(message);
      }
    }
    for (let message = mailbox.shift(); message !== undefined; message = mailbox.shift()) out.push(message);
    expect(out).toEqual(Array.from({ length: next }, (_, index) => index));
    expect(mailbox.length).toBe(0);
  });

  it('counts what waits', () => {
    const mailbox = new Mailbox<string>();
    mailbox.push('a');
    mailbox.push('b');
    mailbox.shift();
    expect(mailbox.length).toBe(1);
    expect(new Mailbox<string>().shift()).toBeUndefined();
  });
});
