/** `npm run chaos`. */
import { runCommand } from './command.ts';

// An end by `exit` takes servers and services along; one by the signal itself would leave them behind.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

process.exitCode = await runCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
  progress: (line) => process.stderr.write(`${line}\n`),
});
