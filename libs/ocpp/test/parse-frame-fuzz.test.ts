import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  INVALID_REASONS,
  isErrorCode,
  OCPP_VERSIONS,
  type OcppVersion,
  parseFrame,
  parseJson,
  stringifyJson,
} from '../src/index.ts';

const version = fc.constantFrom(...OCPP_VERSIONS);
const blanks = fc.constantFrom('', '', '', ' ', '\t', '\r\n ');

const VALID = [
  '[2,"19223201","BootNotification",{"chargePointVendor":"VendorX","chargePointModel":"SingleSocketCharger"}]',
  '[3,"19223201",{"status":"Accepted","currentTime":"2013-02-01T20:53:32.486Z","interval":300}]',
  '[4,"162376037","NotSupported","SetDisplayMessageRequest not implemented",{}]',
  '[5,"1","FormatViolation","no",{"a":[1,2,{"b":"\\u0041\\\\"}]}]',
  '[6,"7","NotifyPeriodicEventStream",{"id":123,"data":[{"t":1.5e3,"v":"x"}],"big":9223372036854775807}]',
];

/** What is wrong with an outcome, whatever came in: it must be of a closed set, and an answer a frame nobody will answer. */
function faultOf(text: string, at: OcppVersion): string | undefined {
  const frame = parseFrame(text, at);
  if (frame.kind !== 'invalid') {
    const length = frame.messageId.length;
    if (length === 0 || length > 36) return `message id of ${length} characters`;
    // The fast way reads the header by hand: it must not accept what no JSON parser accepts.
    if (!Array.isArray(parseJson(text.replaceAll(/^[\s\0\uFEFF]+|[\s\0\uFEFF]+$/g, '')))) return 'not an array';
    const [given, own] = 'payload' in frame ? [frame.payloadText, frame.payload] : [frame.detailsText, frame.details];
    return stringifyJson(parseJson(given)) === stringifyJson(own) ? undefined : `text ${given} is not the payload`;
  }
  if (!INVALID_REASONS.includes(frame.reason)) return `unknown reason ${frame.reason}`;
  if (frame.answer === undefined) return undefined;
  const answer: unknown = JSON.parse(frame.answer);
  const elements: readonly unknown[] = Array.isArray(answer) ? answer : [];
  const [type, id, code, description, details] = elements;
  const isFrame =
    elements.length === 5 &&
    (type === 4 || (type === 5 && at === '2.1')) &&
    typeof id === 'string' &&
    isErrorCode(String(code)) &&
    typeof description === 'string' &&
    JSON.stringify(details) === '{}';
  return isFrame ? undefined : `bad answer ${frame.answer}`;
}

describe('parseFrame', () => {
  it('never throws on any text', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: 'grapheme' }),
      fc.json(),
      fc.array(fc.jsonValue(), { maxLength: 7 }).map((value) => JSON.stringify(value)),
      fc
        .array(fc.oneof(fc.constantFrom(2, 3, 4, 5, 6, '1', {}, null), fc.jsonValue()), { maxLength: 6 })
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(anything, version, (text, at) => {
        expect(faultOf(text, at)).toBeUndefined();
      }),
      { numRuns: 3000 },
    );
  });

  it('never throws on damaged frames', () => {
    const damage = fc.record({
      at: fc.nat(200),
      remove: fc.nat(5),
      insert: fc.oneof(
        fc.string({ maxLength: 3, unit: 'binary' }),
        fc.constantFrom('"', '[', ']', '{', '}', ',', '\\', '\0', 'null', '"__proto__":', '1e999', '9'.repeat(20)),
      ),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...VALID),
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        version,
        (text, damages, at) => {
          const damaged = damages.reduce((current, hit) => {
            const index = hit.at % (current.length + 1);
            return current.slice(0, index) + hit.insert + current.slice(index + hit.remove);
          }, text);
          expect(faultOf(damaged, at)).toBeUndefined();
        },
      ),
      { numRuns: 6000 },
    );
  });

  it('never throws on nesting, however deep', () => {
    fc.assert(
      fc.property(
        fc.nat(20_000),
        fc.constantFrom('[', '{"a":', '[2,"1","X",', '[{"a":['),
        fc.boolean(),
        version,
        (depth, opening, closed, at) => {
          const tail = closed
            ? opening.replaceAll(/[^[{]/g, '').replaceAll('[', ']').replaceAll('{', '}').repeat(depth)
            : '';
          expect(faultOf(`[2,"1","X",${opening.repeat(depth)}${tail}]`, at)).toBeUndefined();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('reads a frame the same way fast and slow', () => {
    // An escape in the id makes the fast way give up.
    const payload = fc
      .dictionary(fc.string(), fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.bigInt()), { maxKeys: 5 })
      .map(stringifyJson);
    const gaps = fc.array(blanks, { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.constantFrom(2, 3, 6),
        payload,
        gaps,
        version,
        (type, payloadText, [a = '', b = '', c = '', d = '', e = '', f = ''], at) => {
          const action = type === 3 ? '' : `"StatusNotification"${c},${d}`;
          const text = (id: string): string =>
            `${a}[${b}${type}${c},${d}"${id}"${e},${f}${action}${payloadText}${a}]${b}`;
          const fast = parseFrame(text('abc'), at);
          const slow = parseFrame(text('\\u0061bc'), at);
          const withoutText = (frame: object): object => ({ ...frame, payloadText: undefined });
          expect(withoutText(fast)).toEqual(withoutText(slow));
          if (fast.kind === 'call' || fast.kind === 'result' || fast.kind === 'send')
            expect(fast.payloadText).toBe(payloadText);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
