/** `deploy/local.sh`. */
import { runLocal } from './run-local.ts';

// Not `exitCode`: connections to the processes that were asked how they are may still be open.
process.exit(await runLocal(process.argv.slice(2), (line) => void process.stdout.write(`${line}\n`)));
