/** Subjects and filters: tokens separated by dots, `*` for one token, `>` for the rest. Pure. */
import { BusError } from './errors.ts';

const SPACE = 0x20;
const DOT = 0x2e;
const STAR = 0x2a;
const GREATER = 0x3e;
const DELETE = 0x7f;

/** Throws BusError `bad-subject` unless `subject` can be published on: no wildcard, no empty token, no space or control. */
export function checkSubject(subject: string): void {
  let previous = DOT;
  for (let index = 0; index < subject.length; index += 1) {
    const code = subject.charCodeAt(index);
    if (code <= SPACE || code === STAR || code === GREATER || code === DELETE || (code === DOT && previous === DOT)) {
      throw new BusError('bad-subject', `not a subject: ${JSON.stringify(subject)}`);
    }
    previous = code;
  }
  if (previous === DOT) throw new BusError('bad-subject', `not a subject: ${JSON.stringify(subject)}`);
}

/** Throws BusError `bad-subject` unless `filter` can be subscribed to. */
export function checkFilter(filter: string): void {
  const tokens = filter.split('.');
  for (const [index, token] of tokens.entries()) {
    if (token === '*' || (token === '>' && index === tokens.length - 1)) continue;
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    if (token === '' || /[\s*>\u0000-\u001f\u007f]/.test(token)) {
      throw new BusError('bad-subject', `not a subject filter: ${JSON.stringify(filter)}`);
    }
  }
}

/** True when `filter` has a wildcard. */
export function hasWildcard(filter: string): boolean {
  for (const token of filter.split('.')) if (token === '*' || token === '>') return true;
  return false;
}

/** True when every subject that matches `inner` matches `outer`, too. */
export function covers(outer: string, inner: string): boolean {
  return tokensCover(outer.split('.'), inner);
}

/** Looks at the tokens of `inner` where they stand: this runs for each record, and a list of them is garbage. */
function tokensCover(have: readonly string[], inner: string): boolean {
  let start = 0;
  for (const token of have) {
    if (start > inner.length) return false;
    if (token === '>') return true;
    const dot = inner.indexOf('.', start);
    const end = dot < 0 ? inner.length : dot;
    if (end - start === 1 && inner.charCodeAt(start) === GREATER) return false;
    if (token !== '*' && (token.length !== end - start || !inner.startsWith(token, start))) return false;
    start = end + 1;
  }
  return start > inner.length;
}

/** True when some subject matches both filters. */
export function overlaps(left: string, right: string): boolean {
  const a = left.split('.');
  const b = right.split('.');
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const x = a[index];
    const y = b[index];
    if (x === undefined || y === undefined) return false;
    if (x === '>' || y === '>') return true;
    if (x !== '*' && y !== '*' && x !== y) return false;
  }
  return true;
}

/** Makes a test for `filter`. */
export function compileFilter(filter: string): (subject: string) => boolean {
  if (filter === '>') return () => true;
  if (!hasWildcard(filter)) return (subject) => subject === filter;
  const have = filter.split('.');
  const fixed = filter.slice(0, filter.search(/[*>]/));
  // Most subjects differ before the first wildcard, and need not be taken apart to see it.
  return (subject) => subject.startsWith(fixed) && tokensCover(have, subject);
}
