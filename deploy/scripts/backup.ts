/**
 * `npm run backup`: saves JetStream's streams to a folder and restores them. Reaches NATS as the services do, by the VOLTLANE_NATS_*
 * options of the environment. Composition only.
 */
import { readFileSync } from 'node:fs';
import { type NatsOptions, openStreamArchive, type StreamArchive } from '@voltlane/bus';
import { loadConfig } from '@voltlane/config';
import { natsOptions } from '@voltlane/launch';
import { createLog } from '@voltlane/telemetry';
import { systemClock } from '@voltlane/time';
import { Command, InvalidArgumentError } from 'commander';
import { restoreStreams, saveStreams } from '../src/backup/backup.ts';
import { checkFolder } from '../src/backup/folder.ts';

interface Folder {
  readonly folder: string;
  readonly stream: readonly string[];
}

const tell = (line: string): void => console.log(line);

function nats(): NatsOptions {
  const { config } = loadConfig([], process.env, (path) => readFileSync(path, 'utf8'));
  if (config.natsUrl.length === 0) throw new Error('VOLTLANE_NATS_URL is not set: there is no NATS to look into');
  const log = createLog({ service: 'backup', instance: 'backup', logLevel: 'warn', logFormat: config.logFormat });
  return { ...natsOptions(config, 'backup', log), clock: systemClock, waitOnFirstConnect: false };
}

async function withArchive(act: (archive: StreamArchive) => Promise<unknown>): Promise<void> {
  const archive = await openStreamArchive(nats());
  try {
    await act(archive);
  } finally {
    await archive.close();
  }
}

const collect = (name: string, names: readonly string[]): readonly string[] => [...names, name];

function replicasOf(text: string): number {
  const value = Number(text);
  if (![1, 3, 5].includes(value)) throw new InvalidArgumentError('1, 3 or 5 is wanted');
  return value;
}

const program = new Command('backup').description(
  'Saves the streams of NATS to a folder, and restores them. NATS is reached by VOLTLANE_NATS_URL and its neighbours.',
);
program
  .command('list')
  .description('the streams there are')
  .action(() =>
    withArchive(async (archive) => {
      for (const { name, messages, bytes } of await archive.streams())
        tell(`${name}: ${messages} messages, ${bytes} bytes`);
    }),
  );
program
  .command('save')
  .description('saves streams while brokers run')
  .requiredOption('--folder <path>', 'a new or empty folder')
  .option('--stream <name>', 'only this one; may be repeated', collect, [])
  .action(({ folder, stream }: Folder) =>
    withArchive((archive) => saveStreams({ archive, folder, only: stream, tell })),
  );
program
  .command('check')
  .description('compares the files of a backup with its checksums; needs no NATS')
  .requiredOption('--folder <path>', 'a backup')
  .action(async ({ folder }: Pick<Folder, 'folder'>) => tell(`whole: ${(await checkFolder(folder)).join(', ')}`));
program
  .command('restore')
  .description('makes streams again; stop every edge, worker and api before')
  .requiredOption('--folder <path>', 'a backup')
  .option('--stream <name>', 'only this one; may be repeated', collect, [])
  .option('--replicas <n>', 'replicas of each stream, instead of the saved number', replicasOf)
  .action(({ folder, stream, replicas }: Folder & { readonly replicas?: number }) =>
    withArchive((archive) => restoreStreams({ archive, folder, only: stream, tell }, replicas)),
  );

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
