import { describe, expect, it } from 'vitest';
import { createSeededRandom, isoTime, parseExactIsoTime, parseIsoTime } from '../src/index.ts';

describe('isoTime', () => {
  it('writes what the calendar says, whatever was asked before', () => {
    const random = createSeededRandom(5);
    let ms = 1_767_225_599_990;
    for (let index = 0; index < 20_000; index += 1) {
      ms = random.next() < 0.1 ? Math.floor(random.next() * 4e12) - 1e12 : ms + Math.floor(random.next() * 30) - 10;
      expect(isoTime(ms)).toBe(new Date(ms).toISOString());
    }
  });

  it('cuts fractions of a millisecond', () => {
    expect(isoTime(1_767_225_600_000.9)).toBe('2026-01-01T00:00:00.000Z');
  });

  it('throws for what no calendar holds, and works afterwards', () => {
    expect(() => isoTime(Number.NaN)).toThrow(RangeError);
    expect(() => isoTime(9e15)).toThrow(RangeError);
    expect(isoTime(0)).toBe('1970-01-01T00:00:00.000Z');
  });
});

describe('parseExactIsoTime', () => {
  it('reads only what isoTime writes', () => {
    const random = createSeededRandom(6);
    let known = 0;
    for (let index = 0; index < 20_000; index += 1) {
      const text = isoTime(Math.floor(random.next() * 4e12) - 1e12);
      if (parseExactIsoTime(text) !== undefined) known += 1;
      // One digit, mark or letter is another.
      const at = Math.floor(random.next() * text.length);
      const other = `${text.slice(0, at)}${'0123456789-:TZ. '.charAt(Math.floor(random.next() * 16))}${text.slice(at + 1)}`;
      const ms = parseExactIsoTime(other);
      if (ms !== undefined) expect(isoTime(ms)).toBe(other);
    }
    expect(known).toBeGreaterThan(15_000);
  });

  it.each([
    '2026-02-28T12:00:00Z',
    '2026-02-28T12:00:00.000z',
    '2026-02-30T12:00:00.000Z',
    '2026-02-28 12:00:00.000Z',
    '',
  ])('does not read %s', (text) => {
    expect(parseExactIsoTime(text)).toBeUndefined();
  });
});

describe('parseIsoTime', () => {
  const NOON = Date.UTC(2026, 1, 28, 12, 0, 0);

  it.each([
    ['2026-02-28T12:00:00Z', NOON],
    ['2026-02-28T12:00:00.000Z', NOON],
    ['2026-02-28T12:00:00.5Z', NOON + 500],
    ['2026-02-28T12:00:00.123456789Z', NOON + 123],
    ['2026-02-28T14:00:00+02:00', NOON],
    ['2026-02-28T06:30:00-05:30', NOON],
    ['2026-02-28T14:00:00+0200', NOON],
    ['2026-02-28T14:00:00+02', NOON],
    ['2026-02-28 12:00:00', NOON],
    ['2026-02-28T12:00', NOON],
    ['2026-02-28T12:00:00,250', NOON + 250],
    ['2026-02-28t12:00:00z', NOON],
    ['2026-02-28T11:59:60Z', NOON],
  ])('reads %s', (text, ms) => {
    expect(parseIsoTime(text)).toBe(ms);
  });

  it.each([
    '',
    'now',
    '1',
    '2026-02-30T12:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-02-28',
    '2026-02-28T24:00:00Z',
    '2026-02-28T12:60:00Z',
    '2026-02-28T12:00:61Z',
    '28.02.2026 12:00:00',
    '2026-02-28T12:00:00Zx',
    '2026-02-28T12:00:00+25:00',
  ])('refuses %j', (text) => {
    expect(parseIsoTime(text)).toBeUndefined();
  });

  it('reads back what isoTime writes', () => {
    for (const ms of [0, 1, -1, 1_767_225_600_123]) expect(parseIsoTime(isoTime(ms))).toBe(ms);
  });

  it('reads the usual forms as it reads all others, over 50,000 of them', () => {
    const random = createSeededRandom(6);
    const two = (max: number): string => String(Math.floor(random.next() * (max + 1))).padStart(2, '0');
    let read = 0;
    for (let index = 0; index < 50_000; index += 1) {
      const year = String(Math.floor(random.next() * 10_000)).padStart(4, '0');
      const fraction = random.next() < 0.5 ? '' : `.${two(9)}${Math.floor(random.next() * 10)}`;
      const local = `${year}-${two(13)}-${two(32)}T${two(24)}:${two(61)}:${two(61)}${fraction}`;
      const ms = parseIsoTime(`${local}Z`);
      // A zone that says the same goes the long way.
      expect([local, ms]).toEqual([local, parseIsoTime(`${local}+00:00`)]);
      if (ms !== undefined) read += 1;
    }
    expect(read).toBeGreaterThan(20_000);
  });

  it.each([
    '2026-02-28T12:00:0/Z',
    '2026-02-28T12:00:0:Z',
    '2026-02-2 T12:00:00Z',
    '2026-02-28T12:00:00.00xZ',
    '2026-02-28T12.00:00Z',
  ])('refuses %j, which is nearly usual', (text) => {
    expect(parseIsoTime(text)).toBeUndefined();
  });
});
