/**
 * Runs the stages of a Dockerfile in folders instead of an engine: each stage gets an empty root, COPY copies into it, RUN runs in a
 * shell there. What an image would hold besides its base is then the root of the last stage. Base images are taken as given: Node
 * and npm are those that run this. Nothing is isolated, so a RUN that names an absolute path is refused.
 */
import { execFile } from 'node:child_process';
import { cp, lstat, mkdir, readdir } from 'node:fs/promises';
import { delimiter, dirname, join, posix, relative } from 'node:path';
import { promisify } from 'node:util';
import type { ImageRecipe, Step } from './dockerfile.ts';
import type { InContext } from './ignore-file.ts';

const run = promisify(execFile);
const RUN_MS_MAX = 240_000;
const OUTPUT_BYTES_MAX = 16_777_216;

/** What a build works on. */
export interface TreeBuild {
  readonly recipe: ImageRecipe;
  /** Folder of the build context. */
  readonly context: string;
  readonly inContext: InContext;
  /** An empty folder; each stage becomes a folder in it. */
  readonly target: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Builds all stages; resolves to the root of the last one. */
export async function buildTree(build: TreeBuild): Promise<string> {
  const roots = new Map<string, string>();
  let root = build.target;
  for (const [number, stage] of build.recipe.stages.entries()) {
    root = join(build.target, stage.name ?? `stage-${number}`);
    if (stage.name !== undefined) roots.set(stage.name, root);
    let workdir = '/';
    let env = build.env;
    for (const step of stage.steps) {
      if (step.kind === 'workdir') workdir = posix.resolve(workdir, step.path);
      if (step.kind === 'env') env = { ...env, [step.name]: step.value };
      const folder = join(root, workdir);
      await mkdir(folder, { recursive: true });
      if (step.kind === 'copy') await copy(build, roots, step, folder);
      if (step.kind === 'run') await runCommand(step.command, folder, env);
    }
  }
  return root;
}

async function copy(
  build: TreeBuild,
  roots: ReadonlyMap<string, string>,
  step: Extract<Step, { kind: 'copy' }>,
  folder: string,
): Promise<void> {
  const from = step.from === undefined ? build.context : roots.get(step.from);
  if (from === undefined) throw new TypeError(`COPY from ${step.from}, which is no stage above`);
  const wanted = step.from === undefined ? build.inContext : (): boolean => true;
  for (const source of step.sources) {
    const path = join(from, source);
    const into = step.sources.length > 1 || step.to.endsWith('/');
    const to = into ? join(folder, step.to, posix.basename(source)) : join(folder, step.to);
    if (step.from === undefined && !wanted(source)) throw new Error(`${source} is not in the build context`);
    await mkdir(dirname(to), { recursive: true });
    await cp(path, to, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (each) => wanted(relative(from, each)),
    });
  }
}

async function runCommand(command: string, folder: string, env: Readonly<Record<string, string>>): Promise<void> {
  if (/(^|[\s"'=])\/(?!dev\/null)\w/.test(command)) throw new TypeError(`RUN names an absolute path: ${command}`);
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  await run('sh', ['-e', '-c', command], {
    cwd: folder,
    env: { ...env, PATH: path },
    timeout: RUN_MS_MAX,
    maxBuffer: OUTPUT_BYTES_MAX,
  });
}

/** A file of a tree. */
export interface TreeFile {
  readonly path: string;
  readonly bytes: number;
}

/** Every file under `root` with its size; links are not followed. */
export async function listTree(root: string): Promise<readonly TreeFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path: relative(root, path), bytes: (await lstat(path)).size };
    }),
  );
}
