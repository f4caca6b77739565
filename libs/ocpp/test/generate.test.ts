import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { lenientSchemaSet, readSchemaSet } from '../scripts/generator/schemas.ts';

const script = fileURLToPath(new URL('../scripts/generate.ts', import.meta.url));
const run = promisify(execFile);

describe('the generator', () => {
  it('would write exactly what is on disk', async () => {
    await expect(run(process.execPath, [script, '--check'])).resolves.toMatchObject({ stderr: '' });
  });

  it('has nothing to say and nothing to do when all is fresh', async () => {
    await expect(run(process.execPath, [script])).resolves.toEqual({ stdout: '', stderr: '' });
  });

  it('refuses an option it does not know', async () => {
    await expect(run(process.execPath, [script, '--froce'])).rejects.toMatchObject({
      code: 1,
      stderr: 'unknown option --froce; known: --force, --check\n',
    });
  });
});

describe('schema transforms', () => {
  const source = {
    ARequest: {
      title: 'A',
      definitions: { E: { type: 'string', additionalProperties: false, enum: ['1', '2', '3', '4', '5', '6'] } },
      type: 'object',
      additionalProperties: false,
      properties: {
        title: { type: 'string', maxLength: 5, description: 'x' },
        e: { $ref: '#/definitions/E' },
        list: { type: 'array', minItems: 1, items: { type: 'string', enum: ['a', 'b'], default: 'a' } },
      },
      required: ['title'],
    },
  };

  it('of strict drop annotations and keep properties that are named like them', () => {
    const set = readSchemaSet(source);
    expect(set.definitions).toEqual({ E: { type: 'string', enum: ['1', '2', '3', '4', '5', '6'] } });
    expect(set.messages.get('ARequest')).toEqual({
      type: 'object',
      additionalProperties: false,
      properties: {
        title: { type: 'string', maxLength: 5 },
        e: { $ref: '#/definitions/E' },
        list: { type: 'array', minItems: 1, items: { type: 'string', enum: ['a', 'b'] } },
      },
      required: ['title'],
    });
  });

  it('of lenient open what real chargers overstep and leave strict as it was', () => {
    const strict = readSchemaSet(source);
    const before = structuredClone(strict);
    const set = lenientSchemaSet(strict);
    expect(set.definitions).toEqual({ E: { type: 'string' } });
    expect(set.messages.get('ARequest')).toEqual({
      type: 'object',
      properties: {
        title: { type: 'string' },
        e: { $ref: '#/definitions/E' },
        list: { type: 'array', items: { type: 'string', enum: ['a', 'b'] } },
      },
      required: ['title'],
    });
    expect(strict).toEqual(before);
  });

  it('refuse definitions of one name and two meanings, and keywords they do not know', () => {
    const other = { ...source.ARequest, definitions: { E: { type: 'integer' } } };
    expect(() => readSchemaSet({ ...source, BRequest: other })).toThrow('definition E of BRequest differs');
    expect(() => readSchemaSet({ CRequest: { type: 'object', oneOf: [] } })).toThrow('oneOf is not handled');
  });
});
