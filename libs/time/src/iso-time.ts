/**
 * Wall time as text and back. Owns the ISO 8601 forms OCPP uses; never decides what time it is. Both are in each call of a charger, so the texts of
 * the seconds that were asked for last are kept (0.1 µs instead of the 0.6 of `toISOString`), and the usual form is read without the expression for
 * all forms (0.3 µs instead of 1).
 */

/** Seconds kept, by their number: what chargers tell is mostly of the last minute. */
const SECONDS_KEPT = 64;
const seconds: number[] = Array.from({ length: SECONDS_KEPT }, () => Number.NaN);
const texts: string[] = Array.from({ length: SECONDS_KEPT }, () => '');
/** `000Z` to `999Z` */
const ENDS: readonly string[] = Array.from({ length: 1_000 }, (_, ms) => `${String(ms).padStart(3, '0')}Z`);

/** `YYYY-MM-DDTHH:mm:ss.sssZ` of a wall time in ms since 1970; a fraction of a millisecond is cut. RangeError for times no calendar holds. */
export function isoTime(ms: number): string {
  const whole = Math.floor(ms);
  const second = Math.floor(whole / 1_000);
  const place = second & (SECONDS_KEPT - 1);
  if (seconds[place] !== second) {
    texts[place] = new Date(second * 1_000).toISOString().slice(0, -'000Z'.length);
    seconds[place] = second;
  }
  return `${texts[place]}${ENDS[whole - second * 1_000]}`;
}

const TIME =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?$/;

/**
 * Milliseconds since 1970 of a date-time as chargers write it, or undefined when it is none. Takes RFC 3339 and what the field
 * adds to it: a blank instead of `T`, missing seconds, `,` before the fraction, `+02`, `+0200`, no zone at all (read as UTC).
 * A leap second counts as the first of the next minute.
 */
export function parseIsoTime(text: string): number | undefined {
  const usual = parseUsual(text);
  if (usual !== undefined) return usual;
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [
    ,
    year = '',
    month = '',
    day = '',
    hour = '',
    minute = '',
    second = '0',
    fraction = '',
    ,
    sign,
    zoneHour = '0',
    zoneMinute = '0',
  ] = match;
  if (
    Number(hour) > 23 ||
    Number(minute) > 59 ||
    Number(second) > 60 ||
    Number(zoneHour) > 23 ||
    Number(zoneMinute) > 59
  ) {
    return undefined;
  }
  const midnightMs = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  // V8 takes 2026-02-30 for 2026-03-02.
  if (Number.isNaN(midnightMs) || new Date(midnightMs).getUTCDate() !== Number(day)) return undefined;
  const localMs =
    midnightMs +
    Number(hour) * 3_600_000 +
    Number(minute) * 60_000 +
    Number(second) * 1000 +
    Number(fraction.slice(0, 3).padEnd(3, '0'));
  const offsetMs = Number(zoneHour) * 3_600_000 + Number(zoneMinute) * 60_000;
  return sign === '-' ? localMs + offsetMs : localMs - offsetMs;
}

/** Milliseconds of a text that is just what `isoTime` writes, as most chargers do; undefined for every other text, and for a few it does write. */
export function parseExactIsoTime(text: string): number | undefined {
  return text.length === ISO_LENGTH ? parseUsual(text) : undefined;
}

/** `YYYY-MM-DDTHH:mm:ssZ`, with three digits of a second or none; undefined for everything else, also for what is no time. */
function parseUsual(text: string): number | undefined {
  const { length } = text;
  if ((length !== 20 && length !== ISO_LENGTH) || text.charCodeAt(length - 1) !== LETTER_Z) return undefined;
  for (let index = 0; index < length - 1; index += 1) {
    const mark = USUAL_MARKS.charCodeAt(index);
    const code = text.charCodeAt(index);
    if (mark === DIGIT_0 ? code < DIGIT_0 || code > DIGIT_9 : code !== mark) return undefined;
  }
  const year = number(text, 0, 4);
  const month = number(text, 5, 7);
  const day = number(text, 8, 10);
  const hour = number(text, 11, 13);
  const minute = number(text, 14, 16);
  const second = number(text, 17, 19);
  // Days every month has; the others, leap seconds and years Date.UTC takes for 19xx go the long way.
  if (year < 100 || month < 1 || month > 12 || day < 1 || day > 28) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second, length === ISO_LENGTH ? number(text, 20, 23) : 0);
}

const ISO_LENGTH = '0000-00-00T00:00:00.000Z'.length;
const USUAL_MARKS = '0000-00-00T00:00:00.000';
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const LETTER_Z = 0x5a;

/** Of digits. */
function number(text: string, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index += 1) value = value * 10 + text.charCodeAt(index) - DIGIT_0;
  return value;
}
