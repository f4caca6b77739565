/** `npm run sim`: one run on the command line. */
import { runCommand } from './command.ts';

process.exitCode = await runCommand(process.argv.slice(2), {
  print: (line) => console.log(line),
  progress: (line) => process.stderr.write(`${line}\n`),
  cpuMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
});
