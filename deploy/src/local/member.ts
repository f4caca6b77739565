/** A process of a set with the places it is found at, and what all of them are made of. */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Binaries } from './binaries.ts';
import type { LocalProcess, ProcessSpec } from './local-process.ts';
import { pidFile } from './pid-file.ts';
import type { PortPlan } from './port-plan.ts';

/** A process and where to look at it. */
export interface SetMember {
  readonly process: LocalProcess;
  /** Where it is used: by chargers, backends or people; empty when nobody connects to it. */
  readonly url: string;
  /** Where its figures are. */
  readonly metrics: string;
}

/** What a set is made of. */
export interface LocalSetOptions {
  /** Absolute path of the folder for stores, configurations and logs. */
  readonly folder: string;
  readonly ports: PortPlan;
  readonly binaries: Binaries;
  /** More settings for edges, workers and api. */
  readonly env: Readonly<Record<string, string>>;
  /** Between scrapes of Prometheus. */
  readonly scrapeS: number;
  /** File that holds the administrator's key of the api. */
  readonly tokenFile: string;
}

/** Top of the repository. */
export const ROOT: string = resolve(import.meta.dirname, '../../..');

/** All listen on this machine only. */
export const HOST = '127.0.0.1';

const STOP_MS_MAX = 10_000;

/** What is the same for every process: environment, where its output and its pid go, time to stop. */
export function processSpec(
  folder: string,
  own: Pick<ProcessSpec, 'name' | 'command' | 'args' | 'ready'> & Partial<ProcessSpec>,
): ProcessSpec {
  const logFile = join(folder, 'logs', `${own.name}.log`);
  return {
    logFile,
    pidFile: pidFile(folder, own.name),
    stopMsMax: STOP_MS_MAX,
    ...own,
    env: { ...ownEnvironment(), ...own.env },
  };
}

/** Writes a configuration of this set; resolves to its path. */
export async function writeInto(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** Of this process, without settings that were meant for somebody else. */
function ownEnvironment(): Readonly<Record<string, string>> {
  const own: Record<string, string> = { NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/compiled') };
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined && !name.startsWith('VOLTLANE_')) own[name] = value;
  return own;
}
