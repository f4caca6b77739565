/** Where the time goes: sums a V8 CPU profile by package and by function. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One line of the summary. */
interface ProfileShare {
  readonly name: string;
  /** Share of the time the process was not idle, 0–1. */
  readonly share: number;
}

/** A profile by package (or `node`, `v8`, `gc`) and by function, largest first. */
interface ProfileSummary {
  readonly packages: readonly ProfileShare[];
  readonly functions: readonly ProfileShare[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/**
 * Share of the time a process ran JavaScript in which a script that matches was somewhere on the stack, 0–1; the first `skipMs` of its life,
 * in which it loads its code, are left out.
 */
export function shareOfScripts(file: string, scripts: RegExp, skipMs: number): number {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const inside = new Set<number>();
  const mark = (id: number, isInside: boolean): void => {
    const node = nodes.get(id);
    if (node === undefined) return;
    const now = isInside || scripts.test(node.callFrame.url);
    if (now) inside.add(id);
    for (const child of node.children ?? []) mark(child, now);
  };
  const [root] = profile.nodes;
  if (root !== undefined) mark(root.id, false);
  let [atUs, busyUs, insideUs] = [0, 0, 0];
  for (const [index, id] of profile.samples.entries()) {
    const deltaUs = profile.timeDeltas[index] ?? 0;
    atUs += deltaUs;
    if (atUs < skipMs * 1_000 || isNotCode(nodes.get(id)?.callFrame.functionName)) continue;
    busyUs += deltaUs;
    if (inside.has(id)) insideUs += deltaUs;
  }
  return insideUs / busyUs;
}

/** Waiting, or outside of JavaScript. */
function isNotCode(functionName: string | undefined): boolean {
  return functionName === undefined || functionName === '(idle)' || functionName === '(program)';
}

/** Reads a `.cpuprofile` file that V8 wrote. */
function summarizeProfile(file: string, functionsMax: number): ProfileSummary {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const packages = new Map<string, number>();
  const functions = new Map<string, number>();
  let busyUs = 0;
  profile.samples.forEach((id, index) => {
    const frame = nodes.get(id)?.callFrame;
    const deltaUs = profile.timeDeltas[index] ?? 0;
    if (frame === undefined || isNotCode(frame.functionName)) return;
    busyUs += deltaUs;
    const place = packageOf(frame.url, frame.functionName);
    const name = `${frame.functionName || '(anonymous)'} [${place}]`;
    packages.set(place, (packages.get(place) ?? 0) + deltaUs);
    functions.set(name, (functions.get(name) ?? 0) + deltaUs);
  });
  const shares = (sums: Map<string, number>): ProfileShare[] =>
    [...sums].map(([name, sumUs]) => ({ name, share: sumUs / busyUs })).toSorted((a, b) => b.share - a.share);
  return { packages: shares(packages), functions: shares(functions).slice(0, functionsMax) };
}

/** The part of the system a script belongs to. */
function packageOf(url: string, functionName: string): string {
  if (functionName === '(garbage collector)') return 'gc';
  if (url.startsWith('node:')) return 'node';
  if (url === '') return 'v8';
  const third = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(url);
  if (third?.[1] !== undefined) return third[1];
  const ours = /\/((?:libs|services)\/[^/]+)\//.exec(url);
  return ours?.[1] ?? 'other';
}

/** Prints where each of the services spent its CPU, from `<service>.cpuprofile` in the directory. */
export function printProfiles(directory: string, services: readonly string[]): void {
  for (const service of services) {
    const summary = summarizeProfile(join(directory, `${service}.cpuprofile`), 12);
    const percent = (share: number): string => `${(share * 100).toFixed(1).padStart(5)} %`;
    console.log(`\nWhere the ${service} spends its CPU (idle left out), by package:`);
    for (const { name, share } of summary.packages.slice(0, 10)) console.log(`  ${percent(share)}  ${name}`);
    console.log('  … by function (self time):');
    for (const { name, share } of summary.functions) console.log(`  ${percent(share)}  ${name}`);
  }
}
