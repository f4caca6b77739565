/** `npm run chaos`. */
import { runCommand } from './command.ts';

process.exitCode = await runCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
  progress: (line) => process.stderr.write(`${line}\n`),
});
