/**
 * Lines of a streamed import → writes and a report. Reads no faster than it writes and never holds more than one batch, so that 100,000
 * lines need no more memory than 100. A line that is wrong is reported and does not stop the others; a bus that is away does.
 */
import { applySeedLine, RegistryError, readSeedLine, type SeedLine, type SeedTarget } from '@voltlane/registry';
import type { Random } from '@voltlane/time';
import type { Tenant } from '@voltlane/wire';

/** What an import did. Lines are counted from 1. */
export interface ImportReport {
  /** Lines that held something. */
  readonly read: number;
  readonly written: number;
  /** Were in the registry already, exactly like that. */
  readonly unchanged: number;
  readonly failed: number;
  /** The first `IMPORT_ERRORS_MAX` that failed. */
  readonly errors: readonly { readonly line: number; readonly message: string }[];
}

/** What an import needs. */
export interface ImportPorts {
  readonly target: SeedTarget;
  readonly random: Random;
}

/** What lines must hold, and of which tenant they must be. */
export interface ImportOrder {
  readonly kind: SeedLine['kind'];
  readonly tenant: Tenant;
}

/** Errors a report holds at most. */
export const IMPORT_ERRORS_MAX = 100;
/** Longest line, bytes; a longer one is reported. A record has at most 32 KiB. */
export const IMPORT_LINE_BYTES_MAX = 65_536;
/** Writes under way at a time. */
const WRITES_MAX = 32;

interface ReadLine {
  readonly line: number;
  readonly content: SeedLine;
}

/** Runs an import; rejects as the stream or the bus does, with what was written by then in place. */
export async function importLines(
  chunks: AsyncIterable<Uint8Array>,
  order: ImportOrder,
  ports: ImportPorts,
): Promise<ImportReport> {
  const counts = { read: 0, written: 0, unchanged: 0, failed: 0 };
  const errors: { line: number; message: string }[] = [];
  const fail = (line: number, message: string): void => {
    counts.failed += 1;
    if (errors.length < IMPORT_ERRORS_MAX) errors.push({ line, message });
  };
  // One name at most once: two lines about the same thing are written in their order.
  const batch = new Map<string, ReadLine>();
  const flush = async (): Promise<void> => {
    const lines = [...batch.values()];
    batch.clear();
    await Promise.all(lines.map(write));
  };
  const write = async ({ line, content }: ReadLine): Promise<void> => {
    try {
      if (await applySeedLine(ports.target, content, ports.random)) counts.written += 1;
      else counts.unchanged += 1;
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      fail(line, error.message);
    }
  };

  for await (const { line, text } of linesOf(chunks)) {
    if (text?.trim() === '') continue;
    counts.read += 1;
    const content = text === undefined ? `longer than ${IMPORT_LINE_BYTES_MAX} bytes` : readLine(text, order);
    if (typeof content === 'string') {
      fail(line, content);
      continue;
    }
    if (batch.has(content.name) || batch.size === WRITES_MAX) await flush();
    batch.set(content.name, { line, content });
  }
  await flush();
  return { ...counts, errors: errors.sort((a, b) => a.line - b.line) };
}

/** A line's content, or what is wrong with it. */
function readLine(text: string, { kind, tenant }: ImportOrder): SeedLine | string {
  try {
    const content = readSeedLine(text, tenant);
    if (content.kind !== kind) return `a ${content.kind}, expected a ${kind}`;
    return content.tenant === tenant ? content : `of tenant ${content.tenant}, but this import is of ${tenant}`;
  } catch (error) {
    if (error instanceof RegistryError) return error.message;
    throw error;
  }
}

/** Splits at line feeds. `text` is undefined for a line that is too long; what is behind its bound is let go of. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<{ line: number; text: string | undefined }> {
  let line = 0;
  let parts: Uint8Array[] = [];
  let bytes = 0;
  const take = (part: Uint8Array): void => {
    bytes += part.length;
    if (bytes <= IMPORT_LINE_BYTES_MAX) parts.push(part);
    else parts = [];
  };
  const end = (): { line: number; text: string | undefined } => {
    line += 1;
    const text = bytes > IMPORT_LINE_BYTES_MAX ? undefined : Buffer.concat(parts).toString('utf8');
    parts = [];
    bytes = 0;
    return { line, text };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, start)) {
      take(chunk.subarray(start, at));
      start = at + 1;
      yield end();
    }
    take(chunk.subarray(start));
  }
  if (bytes > 0) yield end();
}
