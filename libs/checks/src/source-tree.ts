/** The modules of a workspace: which package each belongs to, and what is in it. Reads the file system, decides nothing. */
import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ModuleFacts, readModule } from './module-facts.ts';

/** Which part of a package a module is in. */
export type Area = 'src' | 'test' | 'scripts';

/** One module. */
export interface SourceModule {
  /** Path from the root, with `/`. */
  readonly path: string;
  /** Folder name of the package: `edge`, `ocpp`, `loadtest`. */
  readonly packageName: string;
  /** Folder of the package from the root: `services/edge`. */
  readonly packagePath: string;
  readonly area: Area;
  readonly facts: ModuleFacts;
}

/** Something a rule does not allow. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

const AREAS: readonly Area[] = ['src', 'test', 'scripts'];
const LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', 'dist', 'generated']);

/** Folders of all packages below `root`. */
export function packagePaths(root: string): readonly string[] {
  const grouped = ['libs', 'services'].flatMap((group) => folders(root, group).map((name) => `${group}/${name}`));
  return [...grouped, ...folders(root, '.').filter((name) => name === 'loadtest' || name === 'deploy')];
}

/** Parses every module of every package below `root`, generated ones left out. */
export function readTree(root: string): readonly SourceModule[] {
  return packagePaths(root).flatMap((packagePath) =>
    AREAS.flatMap((area) =>
      typescriptFiles(root, `${packagePath}/${area}`).map((path): SourceModule => {
        const packageName = packagePath.split('/').at(-1) ?? packagePath;
        const facts = readModule(path, readFileSync(join(root, path), 'utf8'));
        return { path, packageName, packagePath, area, facts };
      }),
    ),
  );
}

function folders(root: string, path: string): readonly string[] {
  return entries(root, path)
    .filter((entry) => entry.isDirectory() && !LEFT_OUT.has(entry.name))
    .map((entry) => entry.name);
}

function typescriptFiles(root: string, folder: string): readonly string[] {
  return entries(root, folder).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : typescriptFiles(root, path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

function entries(root: string, path: string): readonly Dirent[] {
  try {
    return readdirSync(join(root, path), { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []; // Not every package has every area.
    throw error;
  }
}
