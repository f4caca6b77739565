/**
 * The generated strict validators against plain ajv with ajv-formats on the schemas as the package ships them. Differences by
 * intention, and the only ones allowed:
 * - `date-time` is one expression: no calendar, so 30 February passes; lower-case t and z, blank for T, `+0200` do not pass;
 *   both are measured and are §12 of the protocol notes. Neither takes a missing zone.
 * - `uri` is not checked.
 * `multipleOfPrecision` is set here as well; what it is for is tested with the 801 limits in validate.test.ts.
 */
import { Ajv, type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
/* oxlint-disable no-restricted-imports -- typed-ocpp has its schemas under these paths only; its index compiles all of them */
import * as v16 from 'typed-ocpp/dist/ocpp16/schemas.js';
import * as v201 from 'typed-ocpp/dist/ocpp20/schemas.js';
import * as v21 from 'typed-ocpp/dist/ocpp21/schemas.js';
/* oxlint-enable no-restricted-imports */
import { describe, expect, it } from 'vitest';
import { OCPP_VERSIONS, type OcppVersion, type PayloadDirection, validate } from '../src/index.ts';
import { damagedPayload, type SourceSchema, seededNumbers, validPayload } from './sample-payloads.ts';

const PAYLOADS_PER_SCHEMA = 30;
const SOURCES: Readonly<Record<OcppVersion, object>> = { '1.6': v16, '2.0.1': v201, '2.1': v21 };
const COUNTS: Readonly<Record<OcppVersion, number>> = { '1.6': 78, '2.0.1': 128, '2.1': 181 };

interface Tally {
  schemas: number;
  payloads: number;
  valid: number;
  /** Refused by ajv for a calendar date or a uri only, accepted here. */
  looser: number;
  /** Refused here for the form of a date-time only. */
  stricter: number;
  readonly unexplained: string[];
}

function isExplained(error: ErrorObject): boolean {
  return error.keyword === 'format' && (error.params['format'] === 'uri' || error.params['format'] === 'date-time');
}

function compare(version: OcppVersion): Tally {
  const tally: Tally = { schemas: 0, payloads: 0, valid: 0, looser: 0, stricter: 0, unexplained: [] };
  const next = seededNumbers(20_240_301);
  for (const [name, schema] of Object.entries(SOURCES[version])) {
    const ajv = new Ajv({ strict: false, validateSchema: false, multipleOfPrecision: 6, allErrors: true });
    addFormats.default(ajv);
    const oracle = ajv.compile(schema as SourceSchema);
    const action = name.replace(/(Request|Response)$/, '');
    const direction: PayloadDirection = name.endsWith('Response') ? 'response' : 'request';
    tally.schemas++;
    for (let made = 0; made < PAYLOADS_PER_SCHEMA; made++) {
      let payload = validPayload(schema as SourceSchema, next);
      for (let damages = made % 3; damages > 0; damages--) payload = damagedPayload(payload, next);
      tally.payloads++;
      const accepted = oracle(payload);
      const errors = oracle.errors ?? [];
      const ours = validate(version, action, direction, payload, 'strict');
      if (accepted) tally.valid++;
      if (ours === undefined) {
        if (accepted) continue;
        if (errors.every(isExplained)) tally.looser++;
        else tally.unexplained.push(`${name} accepted: ${JSON.stringify(payload)} ${ajv.errorsText(errors)}`);
      } else if (ours.description.endsWith('must match format "date-time"')) {
        if (accepted) tally.stricter++;
      } else if (
        !errors.some((error) => error.instancePath === ours.path && ours.description.endsWith(error.message ?? '?'))
      )
        tally.unexplained.push(
          `${name} refused, ${ours.description}: ${JSON.stringify(payload)} ${ajv.errorsText(errors)}`,
        );
    }
  }
  return tally;
}

describe('strict validators', () => {
  it.each(OCPP_VERSIONS)('of %s agree with ajv on every schema, the two formats aside', (version) => {
    const tally = compare(version);
    expect(tally.unexplained).toEqual([]);
    expect(tally.schemas).toBe(COUNTS[version]);
    // A comparison in which everything is valid, or nothing, would prove little.
    expect(tally.valid).toBeGreaterThan(tally.payloads / 4);
    expect(tally.valid).toBeLessThan((tally.payloads * 3) / 4);
    expect(tally.looser).toBeGreaterThan(0);
    expect(tally.looser + tally.stricter).toBeLessThan(tally.payloads / 20);
  });
});
