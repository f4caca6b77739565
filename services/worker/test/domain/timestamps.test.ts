import { describe, expect, it } from 'vitest';
import { reportedTime } from '../../src/domain/timestamps.ts';
import { NOW, NOW_MS } from './context.ts';

describe('the time of an event', () => {
  it.each([
    ['RFC 3339 in UTC', '2026-02-28T23:59:59Z', '2026-02-28T23:59:59.000Z'],
    ['with an offset', '2026-03-01T12:30:00+02:00', '2026-03-01T10:30:00.000Z'],
    ['without a zone, read as UTC', '2026-03-01 11:00', '2026-03-01T11:00:00.000Z'],
    ['years ago, from an offline queue', '2019-05-05T00:00:00Z', '2019-05-05T00:00:00.000Z'],
    ['half a day ahead, local time called UTC', '2026-03-02T00:00:00Z', '2026-03-02T00:00:00.000Z'],
  ])('is the charger’s: %s', (_name, text, iso) => {
    expect(reportedTime(text, NOW_MS)).toMatchObject({ iso, reportedAt: undefined });
  });

  it.each([
    ['a clock that was never set', '1970-01-01T00:01:00Z'],
    ['a clock more than a day ahead', '2026-03-02T12:00:01Z'],
    ['no time at all', 'soon'],
    ['a day no calendar has', '2026-02-30T00:00:00Z'],
    ['nothing', ''],
  ])('is the time of receipt, the charger’s text beside it: %s', (_name, text) => {
    expect(reportedTime(text, NOW_MS)).toEqual({ ms: NOW_MS, iso: NOW, reportedAt: text });
  });

  it('is the time of receipt where the charger said nothing', () => {
    expect(reportedTime(undefined, NOW_MS)).toEqual({ ms: NOW_MS, iso: NOW, reportedAt: undefined });
  });
});
