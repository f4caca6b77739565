/** `npm run loadtest`. */
import { runCommand } from './command.ts';

// An end by `exit` takes servers, services and generators along; one by the signal itself would leave them behind.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const status = await runCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  progress: {
    columns: process.stderr.isTTY ? process.stderr.columns : undefined,
    write: (text) => process.stderr.write(text),
  },
});
process.exit(status);
