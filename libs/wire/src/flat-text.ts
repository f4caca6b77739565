/**
 * The text as one object of its own, for those that live long and in large numbers. What a template makes is a pair of halves, which V8
 * keeps in front of the whole once somebody has read it: two objects to mark, and 32 bytes more. Lone surrogates become U+FFFD; no
 * identity has them.
 */
export function flatText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
