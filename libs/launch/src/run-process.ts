/** The frame around every main: configuration, signals, failures. Owns nothing of what the services do. */
import { flushCompileCache } from 'node:module';
import { hostname } from 'node:os';
import { type ConfigOf, configOfProcess, type GroupName } from '@voltlane/config';
import { createLog, superviseProcess } from '@voltlane/telemetry';
import { systemClock, systemRandom } from '@voltlane/time';
import { openBackplane } from './backplane.ts';
import { AloneError } from './errors.ts';
import { type ProcessParts, type Running, type ServiceDefinition, startService } from './service.ts';
import { explainStartFailure } from './start-failure.ts';

/** Something that is up and can be stopped in order. */
export interface Stoppable {
  stop(): Promise<void>;
}

/**
 * Runs `start` with the configuration of this process and keeps it until a signal. A failed start says why in one sentence
 * and exits with 1; a signal during the start ends the waiting and stops what is up by then.
 */
export async function runProcess<G extends GroupName>(
  program: string,
  groups: readonly G[],
  start: (config: ConfigOf<G>, parts: ProcessParts) => Promise<Stoppable>,
): Promise<void> {
  const config = configOfProcess(program, groups);
  const instance = `${hostname()}-${process.pid}`;
  const { logLevel, logFormat, stopDeadlineMs } = config;
  const log = createLog({ service: program, instance, logLevel, logFormat });
  const giveUp = new AbortController();
  const backplane = openBackplane(config, systemClock, systemRandom);
  const started = start(config, {
    backplane,
    clock: systemClock,
    random: systemRandom,
    instance,
    signal: giveUp.signal,
  });
  superviseProcess({
    log,
    clock: systemClock,
    deadlineMs: stopDeadlineMs,
    process,
    stop: async () => {
      giveUp.abort();
      const up = await started.catch(() => undefined); // A start that was given up has undone itself.
      await up?.stop();
    },
  });
  try {
    await started;
    // Where NODE_COMPILE_CACHE is set, what was compiled is kept now: a process that is killed keeps nothing on its way out.
    flushCompileCache();
  } catch (error) {
    if (giveUp.signal.aborted) return;
    log.debug({ err: error }, 'start failed');
    console.error(`${program} did not start: ${explainStartFailure(error, config)}`);
    process.exit(1);
  }
}

/**
 * `runProcess` for a process with one service: the whole main of edge, worker and api. Refuses the memory bus, where a service
 * alone would be ready and reach nobody.
 */
export function runService<G extends GroupName, R extends Running>(
  groups: readonly G[],
  definition: ServiceDefinition<ConfigOf<G>, R>,
): Promise<void> {
  return runProcess(definition.name, groups, (config, parts) => {
    if (parts.backplane.kind === 'memory') return Promise.reject(new AloneError(definition.name));
    return startService(definition, config, parts);
  });
}
