/**
 * Starts and stops one service the same way everywhere, alone or inside the broker. Start: health server (not ready yet) →
 * traces → bus → cluster settings → registry → the service itself. Stop: the reverse order; the health server goes last, so
 * that the process can be watched while it stops.
 */
import type { Bus } from '@voltlane/bus';
import type { SharedOptions } from '@voltlane/config';
import { type ClusterSettings, openClusterSettings, openRegistry, type Registry } from '@voltlane/registry';
import {
  createTelemetry,
  type HealthServer,
  type Readiness,
  startHealthServer,
  startTracing,
  type Telemetry,
  type Tracing,
} from '@voltlane/telemetry';
import type { Clock, Random } from '@voltlane/time';
import { createSubjects, type Subjects } from '@voltlane/wire';
import type { Backplane } from './backplane.ts';
import { reportBus } from './bus-metrics.ts';

/** What every service is made of. */
export interface ServiceContext<C extends SharedOptions> {
  readonly config: C;
  readonly bus: Bus;
  readonly registry: Registry;
  readonly settings: ClusterSettings;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly random: Random;
  readonly telemetry: Telemetry;
  /** Undefined unless traces are on. */
  readonly tracing?: Tracing | undefined;
}

/** The health server as a service sees it: one that speaks HTTP itself serves the other paths of the port. */
export type ServicePort = Pick<HealthServer, 'url' | 'serve'>;

/** What a started service must be able to do. */
export interface Running {
  readiness(): Readiness;
  /** Finishes what was taken, then resolves. */
  stop(): Promise<void>;
}

/** A service as its main function describes it. */
export interface ServiceDefinition<C extends SharedOptions, R extends Running> {
  readonly name: string;
  readonly health: (config: C) => { readonly host: string; readonly port: number };
  readonly start: (context: ServiceContext<C>, port: ServicePort) => Promise<R>;
}

/** What the process gives to its services. */
export interface ProcessParts {
  readonly backplane: Backplane;
  readonly clock: Clock;
  readonly random: Random;
  /** Names this process in its logs. */
  readonly instance: string;
  /** Gives up waiting for the bus. */
  readonly signal: AbortSignal;
}

/** A service that is up. */
export interface StartedService<R extends Running> {
  readonly running: R;
  readonly healthUrl: string;
  readonly stop: () => Promise<void>;
}

/** Starts a service; when a step fails, what was started before is stopped again and the error goes to the caller. */
export async function startService<C extends SharedOptions, R extends Running>(
  definition: ServiceDefinition<C, R>,
  config: C,
  parts: ProcessParts,
): Promise<StartedService<R>> {
  const { clock, random, instance, signal } = parts;
  const { logLevel, logFormat } = config;
  const exemplars = config.traceUrl !== undefined;
  const telemetry = createTelemetry({ service: definition.name, instance, logLevel, logFormat, exemplars });
  const undo: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };

  try {
    let step = 'connecting to the bus';
    let readiness = (): Readiness => ({ ready: false, checks: { start: step } });
    const place = definition.health(config);
    const health: HealthServer = await startHealthServer({
      ...place,
      readiness: () => readiness(),
      metrics: telemetry.metrics,
    });
    undo.push(() => health.close());

    const tracing = await startTracing({
      url: config.traceUrl,
      ratio: config.traceRatio,
      service: definition.name,
      instance,
      clock,
      random,
      ...telemetry,
    });
    undo.push(() => tracing?.stop());

    const bus = await parts.backplane.connect(definition.name, telemetry.log, signal);
    undo.push(() => bus.close());
    reportBus(bus, telemetry.metrics);

    step = 'reading the cluster settings';
    const settings = await openClusterSettings(bus, { partitions: config.partitions }, random, clock);
    step = 'opening the registry';
    const registry = await openRegistry(bus, { clock });
    undo.push(() => registry.close());

    step = 'starting';
    const subjects = createSubjects(config.subjectPrefix);
    const context = { config, bus, registry, settings, subjects, clock, random, telemetry, tracing };
    const running = await definition.start(context, health);
    undo.push(() => running.stop());
    readiness = () => running.readiness();
    telemetry.log.info({ health: health.url, bus: bus.kind }, 'started');
    return { running, healthUrl: health.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
