import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatCall,
  formatError,
  formatResult,
  formatResultError,
  formatSend,
  OCPP_VERSIONS,
  parseFrame,
  parseJson,
  stringifyJson,
} from '../src/index.ts';

describe('written frames', () => {
  it('are compact and keep the payload text as it is', () => {
    expect(formatCall('1', 'Reset', '{"type" : "Hard"}')).toBe('[2,"1","Reset",{"type" : "Hard"}]');
    expect(formatResult('1', '{}')).toBe('[3,"1",{}]');
    expect(formatSend('1', 'NotifyPeriodicEventStream', '{}')).toBe('[6,"1","NotifyPeriodicEventStream",{}]');
  });

  it('escape what a message id may hold', () => {
    expect(formatResult('a"\\\n', '{}')).toBe('[3,"a\\"\\\\\\n",{}]');
  });

  it('carry error codes in the spelling of the version, whichever spelling came in', () => {
    expect(formatError('1.6', '1', 'FormatViolation', 'x')).toBe('[4,"1","FormationViolation","x",{}]');
    expect(formatError('2.0.1', '1', 'FormationViolation', '')).toBe('[4,"1","FormatViolation","",{}]');
    expect(formatError('1.6', '1', 'OccurrenceConstraintViolation', '')).toBe(
      '[4,"1","OccurenceConstraintViolation","",{}]',
    );
    expect(formatError('2.1', '1', 'OccurenceConstraintViolation', '')).toBe(
      '[4,"1","OccurrenceConstraintViolation","",{}]',
    );
    expect(formatError('2.1', '1', 'Nonsense', '')).toBe('[4,"1","GenericError","",{}]');
    expect(formatResultError('1', 'FormationViolation', 'x')).toBe('[5,"1","FormatViolation","x",{}]');
  });

  it('carry details as an object, 64-bit integers included', () => {
    expect(formatError('1.6', '1', 'GenericError', '', { id: 9223372036854775807n })).toBe(
      '[4,"1","GenericError","",{"id":9223372036854775807}]',
    );
  });

  it('cap the description at 255 without cutting a character in half', () => {
    const text = formatError('2.1', '1', 'GenericError', `${'x'.repeat(254)}😀`);
    expect(text).toBe(`[4,"1","GenericError","${'x'.repeat(254)}",{}]`);
    expect(formatError('2.1', '1', 'GenericError', 'y'.repeat(300))).toContain(`"${'y'.repeat(255)}"`);
  });

  it('are read back as what they were written from', () => {
    const id = fc.string({ minLength: 1, maxLength: 36, unit: 'binary' });
    const payload = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
    fc.assert(
      fc.property(id, payload, fc.constantFrom(...OCPP_VERSIONS), (messageId, value, version) => {
        const payloadText = stringifyJson(value);
        const parsed = parseJson(payloadText);
        expect(parseFrame(formatCall(messageId, 'Reset', payloadText), version)).toEqual({
          kind: 'call',
          messageId,
          action: 'Reset',
          payload: parsed,
          payloadText,
          signed: false,
        });
        expect(parseFrame(formatResult(messageId, payloadText), version)).toEqual({
          kind: 'result',
          messageId,
          payload: parsed,
          payloadText,
          signed: false,
        });
        expect(parseFrame(formatError(version, messageId, 'SecurityError', 'no', { a: 1 }), version)).toEqual({
          kind: 'error',
          messageId,
          code: 'SecurityError',
          description: 'no',
          details: { a: 1 },
          detailsText: '{"a":1}',
        });
      }),
    );
  });
});
