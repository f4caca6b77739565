/** Saves streams to a folder and makes them again from one. Refuses before it begins what would end halfway. */
import type { SavedStream, StreamArchive, StreamContents } from '@voltlane/bus';
import { DeployError } from '../errors.ts';
import { checkFolder, createFolder, readChunks, readDescription, StreamWriter, writeSums } from './folder.ts';

/** What is done with it, and whom to tell. */
export interface BackupJob {
  readonly archive: StreamArchive;
  readonly folder: string;
  /** Only these; empty: all. */
  readonly only: readonly string[];
  readonly tell: (line: string) => void;
}

/**
 * Saves streams one after the other, the journal first: what refers to a journal may be newer than it, never older. A snapshot is
 * taken while brokers write; it holds what was acknowledged when it began.
 */
export async function saveStreams({ archive, folder, only, tell }: BackupJob): Promise<readonly SavedStream[]> {
  const present = await archive.streams();
  const wanted = only.length === 0 ? present.map(({ name }) => name) : only;
  const missing = wanted.find((name) => !present.some((stream) => stream.name === name));
  if (missing !== undefined)
    throw new DeployError('no-stream', `there is no stream ${missing}; there are ${list(present)}`);
  if (wanted.length === 0) throw new DeployError('no-stream', 'this account has no streams');
  await createFolder(folder);
  const saved: SavedStream[] = [];
  const sums: string[] = [];
  for (const name of [...wanted].sort(journalFirst)) {
    const writer = await StreamWriter.open(folder, name);
    try {
      const stream = await archive.save(name, (chunk) => writer.write(chunk));
      sums.push(await writer.finish(stream.description));
      saved.push(stream);
      tell(`saved ${name}: ${stream.messages} messages up to ${stream.lastSequence}, ${writer.bytes} bytes`);
    } catch (error) {
      await writer.abandon();
      throw error;
    }
  }
  await writeSums(folder, sums);
  return saved;
}

/** Makes streams again; nothing is begun while one of them exists or a file is damaged. Brokers must be stopped. */
export async function restoreStreams(
  { archive, folder, only, tell }: BackupJob,
  replicas: number | undefined,
): Promise<readonly StreamContents[]> {
  const saved = await checkFolder(folder);
  const wanted = only.length === 0 ? saved : only;
  const missing = wanted.find((name) => !saved.includes(name));
  if (missing !== undefined)
    throw new DeployError('no-stream', `${folder} has no stream ${missing}; it has ${saved.join(', ')}`);
  const present = await archive.streams();
  const existing = wanted.filter((name) => present.some((stream) => stream.name === name));
  if (existing.length > 0) {
    throw new DeployError(
      'stream-exists',
      `${existing.join(', ')} exist already; restore into an empty JetStream, or delete them first`,
    );
  }
  const restored: StreamContents[] = [];
  for (const name of wanted) {
    const stream = await archive.restore(await readDescription(folder, name), readChunks(folder, name), replicas);
    restored.push(stream);
    tell(`restored ${name}: ${stream.messages} messages up to ${stream.lastSequence}`);
  }
  return restored;
}

// Buckets of JetStream are streams named KV_…; what is not a bucket is a journal.
const journalFirst = (a: string, b: string): number =>
  Number(a.startsWith('KV_')) - Number(b.startsWith('KV_')) || (a < b ? -1 : 1);

const list = (streams: readonly StreamContents[]): string => streams.map(({ name }) => name).join(', ') || 'none';
