/**
 * A backup on disk: one folder per stream with the two files NATS itself uses for it (`backup.json`: settings and state;
 * `stream.tar.s2`: the messages), and `SHA256SUMS` over all of them, as `sha256sum --check` reads it. Owns the layout.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeployError } from '../errors.ts';

const DESCRIPTION = 'backup.json';
const DATA = 'stream.tar.s2';
const SUMS = 'SHA256SUMS';
const READ_BYTES = 131_072;

/** Makes the folder; `folder-in-use` when something is in it. */
export async function createFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0)
    throw new DeployError('folder-in-use', `${folder} is not empty; a backup gets a folder of its own`);
}

/** Takes the bytes of one stream. Its folder gets its name when all of it is on disk, so half a stream is never taken for one. */
export class StreamWriter {
  readonly #folder: string;
  readonly #name: string;
  readonly #file: FileHandle;
  readonly #hash = createHash('sha256');
  bytes = 0;

  static async open(folder: string, name: string): Promise<StreamWriter> {
    const part = join(folder, `${name}.part`);
    await mkdir(part);
    return new StreamWriter(folder, name, await open(join(part, DATA), 'wx'));
  }

  private constructor(folder: string, name: string, file: FileHandle) {
    this.#folder = folder;
    this.#name = name;
    this.#file = file;
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#file.writeFile(chunk);
    this.#hash.update(chunk);
    this.bytes += chunk.length;
  }

  /** Ends the stream; returns its lines of `SHA256SUMS`. */
  async finish(description: string): Promise<string> {
    const part = join(this.#folder, `${this.#name}.part`);
    await this.#file.sync();
    await this.#file.close();
    await writeFile(join(part, DESCRIPTION), description);
    await rename(part, join(this.#folder, this.#name));
    const described = createHash('sha256').update(description).digest('hex');
    return `${described}  ${this.#name}/${DESCRIPTION}\n` + `${this.#hash.digest('hex')}  ${this.#name}/${DATA}\n`;
  }

  async abandon(): Promise<void> {
    await this.#file.close();
  }
}

/** Ends a backup: what has no checksums is none. */
export async function writeSums(folder: string, lines: readonly string[]): Promise<void> {
  await writeFile(join(folder, SUMS), lines.join(''));
}

/** Names of the streams of a backup whose files are what they were; `damaged` names the first file that is not. */
export async function checkFolder(folder: string): Promise<readonly string[]> {
  const text = await readFile(join(folder, SUMS), 'utf8').catch((cause: unknown) => {
    throw new DeployError('no-backup', `${folder} holds no finished backup: it has no ${SUMS}`, { cause });
  });
  const names = new Set<string>();
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, sum = '', path = ''] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    const [name = '', file = ''] = path.split('/');
    if (!isStreamName(name) || (file !== DATA && file !== DESCRIPTION))
      throw new DeployError('damaged', `${SUMS} has a line that is none of a backup: ${line}`);
    const found = await sumOf(join(folder, name, file));
    if (found !== sum) throw new DeployError('damaged', `${path} is not what was saved: its checksum differs`);
    names.add(name);
  }
  return [...names];
}

/** Settings and state of a saved stream. */
export const readDescription = (folder: string, name: string): Promise<string> =>
  readFile(join(folder, name, DESCRIPTION), 'utf8');

/** The bytes of a saved stream. */
export const readChunks = (folder: string, name: string): AsyncIterable<Buffer> =>
  createReadStream(join(folder, name, DATA), { highWaterMark: READ_BYTES });

/** What JetStream takes for a name, and a file system for a folder. */
const isStreamName = (name: string): boolean => /^[A-Za-z0-9_-]{1,255}$/.test(name);

async function sumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    const chunks: AsyncIterable<Buffer> = createReadStream(path);
    for await (const chunk of chunks) hash.update(chunk);
  } catch (cause) {
    throw new DeployError('damaged', `${path} cannot be read`, { cause });
  }
  return hash.digest('hex');
}
