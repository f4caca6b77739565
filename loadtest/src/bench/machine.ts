/** What a figure is worth nothing without: the machine, the versions, and how busy it was. */
import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { natsServerBinary } from '@voltlane/testkit';

/** Prints versions, processor and load. */
export async function printMachine(): Promise<void> {
  const version = execFileSync(await natsServerBinary(), ['--version'], { encoding: 'utf8' }).trim();
  const [cpu] = cpus();
  console.log(`node ${process.version}, ${version}, ${cpus().length} × ${cpu?.model ?? 'unknown CPU'}`);
  printLoad('before');
}

/** Prints the load average. */
export function printLoad(when: 'before' | 'after'): void {
  const values = loadavg().map((value) => value.toFixed(2));
  console.log(`load average ${when}: ${values.join(' ')}`);
}
