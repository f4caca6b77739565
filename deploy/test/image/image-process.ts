/** Starts what an image would start, from a folder that holds the image's tree, as the image's user where that can be. */
import { type ChildProcess, spawn } from 'node:child_process';
import { waitUntil } from '@voltlane/testkit';

/** Whoever started processes and ends takes them along. */
const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** How a process ended. */
export interface ImageExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of the image. */
export interface ImageProcess {
  output(): string;
  signal(name: NodeJS.Signals): void;
  readonly exited: Promise<ImageExit>;
}

/** Where and as whom processes run: what the last stage of the Dockerfile says. */
export interface ImagePlace {
  readonly folder: string;
  readonly uid: number;
  /** The binary of Node, where that user gets to it. */
  readonly node: string;
}

/** Starts `node` with `argv`; nothing of this process's environment gets in. */
export function startInImage(
  place: ImagePlace,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): ImageProcess {
  // Only root may start processes of other users; anybody else is no root already.
  const user = process.getuid?.() === 0 ? { uid: place.uid, gid: place.uid } : {};
  const child: ChildProcess = spawn(place.node, argv, { cwd: place.folder, env, ...user });
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const exited = new Promise<ImageExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      output += error.message;
      resolve({ code: null, signal: null });
    });
  });
  return { output: () => output, signal: (name) => void child.kill(name), exited };
}

/** Waits until `url` answers 200; fails with the output when the process ends first. */
export async function untilReady(running: ImageProcess, url: string): Promise<void> {
  let gone: ImageExit | undefined;
  void running.exited.then((exit) => {
    gone = exit;
  });
  await waitUntil(
    `ready at ${url}`,
    async () => {
      if (gone !== undefined) return true;
      return (await fetch(url)).status === 200;
    },
    { timeoutMs: 20_000 },
  );
  if (gone !== undefined)
    throw new Error(`ended with ${JSON.stringify(gone)} before it was ready\n${running.output()}`);
}
