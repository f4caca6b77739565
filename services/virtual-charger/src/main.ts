/** Composes the command: arguments, Ctrl-C, standard output, exit status. Holds no logic of its own. */
import { MessageChannel } from 'node:worker_threads';
import { systemClock } from '@voltlane/time';
import { parseArguments } from './cli-options.ts';
import { runFleet } from './fleet.ts';

/** Time for close frames to leave before the process ends. */
const GOODBYE_MS = 100;

const parsed = parseArguments(process.argv.slice(2));
if (parsed.kind === 'end') {
  (parsed.exitCode === 0 ? process.stdout : process.stderr).write(parsed.text);
  process.exitCode = parsed.exitCode;
} else {
  // The clock's timers do not keep a process alive; while the charger waits to connect again nothing else would.
  const { port1 } = new MessageChannel();
  port1.on('message', () => {});
  const interrupted = new AbortController();
  const interrupt = (): void => {
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // A reader that went away (`| head`) ends the run.
  process.stdout.on('error', () => process.exit(1));
  const exitCode = await runFleet(parsed.options, {
    clock: systemClock,
    print: (line) => process.stdout.write(`${line}\n`),
    signal: interrupted.signal,
  });
  systemClock.after(GOODBYE_MS, () => process.exit(exitCode));
}
