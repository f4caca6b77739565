import { createMemoryBus } from '@voltlane/bus';
import { openRegistry, type Registry } from '@voltlane/registry';
import { createFakeClock, createSeededRandom } from '@voltlane/time';
import { tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { IMPORT_ERRORS_MAX, IMPORT_LINE_BYTES_MAX, type ImportReport, importLines } from '../src/import-lines.ts';

const ACME = tenant('acme');
const random = createSeededRandom(1);

async function emptyRegistry(): Promise<Registry> {
  const clock = createFakeClock();
  return openRegistry(createMemoryBus({ clock }).connect('a'), { clock });
}

/** The text in pieces of `size` bytes: a line may begin anywhere. */
async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

function importTokens(registry: Registry, text: string, size = 7): Promise<ImportReport> {
  return importLines(inPieces(text, size), { kind: 'token', tenant: ACME }, { target: registry, random });
}

describe('an import', () => {
  it.each([1, 3, 1_000])('reads lines whatever pieces they come in (%i bytes)', async (size) => {
    const registry = await emptyRegistry();
    const text = '{"idToken":"Ä"}\r\n\n  \n{"idToken":"B","status":"Blocked"}';
    expect(await importTokens(registry, text, size)).toEqual({
      read: 2,
      written: 2,
      unchanged: 0,
      failed: 0,
      errors: [],
    });
    expect(await registry.tokenIds(ACME)).toEqual(['b', 'ä']);
  });

  it('reports bad lines by number and writes the others', async () => {
    const registry = await emptyRegistry();
    const lines = [
      '{"idToken":"A"}',
      '{"idToken":',
      '{"charger":"CP1"}',
      '{"idToken":"B","tenant":"rival"}',
      '{"idToken":"C","tenant":"acme"}',
      `{"idToken":"D","labels":{"x":"${'x'.repeat(IMPORT_LINE_BYTES_MAX)}"}}`,
      '{"idToken":"E"}',
    ];
    expect(await importTokens(registry, lines.join('\n'), 10_000)).toEqual({
      read: 7,
      written: 3,
      unchanged: 0,
      failed: 4,
      errors: [
        { line: 2, message: 'not JSON' },
        { line: 3, message: 'a charger, expected a token' },
        { line: 4, message: 'of tenant rival, but this import is of acme' },
        { line: 6, message: `longer than ${IMPORT_LINE_BYTES_MAX} bytes` },
      ],
    });
    expect(await registry.tokenIds(ACME)).toEqual(['a', 'c', 'e']);
  });

  it('writes two lines about the same token in their order', async () => {
    const registry = await emptyRegistry();
    const text = '{"idToken":"A","status":"Blocked"}\n{"idToken":" a ","status":"Expired"}\n'.repeat(3);
    expect(await importTokens(registry, text)).toMatchObject({ read: 6, written: 6, failed: 0 });
    expect(await registry.token(ACME, 'A')).toMatchObject({ status: 'Expired' });
  });

  it('changes nothing the second time', async () => {
    const registry = await emptyRegistry();
    await importTokens(registry, '{"idToken":"A"}\n');
    expect(await importTokens(registry, '{"idToken":"A"}\n')).toMatchObject({ written: 0, unchanged: 1 });
  });

  it('keeps the list of errors short and the count right', async () => {
    const report = await importTokens(await emptyRegistry(), 'x\n'.repeat(500));
    expect(report).toMatchObject({ read: 500, failed: 500 });
    expect(report.errors).toHaveLength(IMPORT_ERRORS_MAX);
  });

  it('takes no more lines than it is writing', async () => {
    const registry = await emptyRegistry();
    let writing = 0;
    let most = 0;
    const slow: typeof registry.putToken = async (of, record) => {
      writing += 1;
      most = Math.max(most, writing);
      await registry.putToken(of, record);
      writing -= 1;
    };
    let taken = 0;
    let ahead = 0;
    const lines = async function* (): AsyncGenerator<Uint8Array> {
      for (; taken < 1_000; taken += 1) {
        ahead = Math.max(ahead, taken - (await registry.tokenIds(ACME)).length);
        yield Buffer.from(`{"idToken":"T${taken}"}\n`);
      }
    };
    const target = { ...registry, putToken: slow };
    await importLines(lines(), { kind: 'token', tenant: ACME }, { target, random });
    expect(most).toBeLessThanOrEqual(32);
    expect(ahead).toBeLessThanOrEqual(64);
  });

  it('ends when the bus does not answer: the rest would fail as well', async () => {
    const clock = createFakeClock();
    const bus = createMemoryBus({ clock }).connect('a');
    const registry = await openRegistry(bus, { clock });
    await bus.close();
    await expect(importTokens(registry, '{"idToken":"A"}\n')).rejects.toMatchObject({ retryable: false });
  });
});
