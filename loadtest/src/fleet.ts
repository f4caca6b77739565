/** All generators of a run, here or on other machines, as one: gets each its part of the chargers, orders, gathers. */

import type { Bus } from '@voltlane/bus';
import type { WatchedProcess } from './broker-processes.ts';
import { LoadTestError } from './errors.ts';
import { parseTarget } from './generator/handshake.ts';
import type { GeneratorPlan, GeneratorTick } from './generator/plan.ts';
import type { GeneratorLink } from './generator-link.ts';
import { startGeneratorProcess } from './generator-process.ts';
import type { LoadTestOptions } from './options.ts';
import { joinedGenerators } from './remote-generators.ts';
import { TICK_SPREAD_MS } from './second-clock.ts';
import type { Sizing } from './sizing.ts';

/** The generators. */
export interface Fleet {
  /** Each tick of each generator. */
  onTick(listener: (generator: string, tick: GeneratorTick) => void): void;
  ramp(): void;
  /** Ends the traffic; resolves to the files of the chargers' records. */
  finish(): Promise<readonly string[]>;
  /** Closes all sockets. */
  end(): void;
  /** Ends what still runs, the hard way. */
  kill(): void;
  /** Rejects when a generator fails or is gone. */
  readonly failed: Promise<never>;
  /** Those that run on this machine. */
  processes(): readonly WatchedProcess[];
}

/** What it takes to start them. */
export interface FleetPorts {
  readonly options: LoadTestOptions;
  readonly sizing: Sizing;
  readonly prefix: string;
  /** Where to meet remote generators. */
  readonly bus: Bus | undefined;
  readonly targets: readonly string[];
  readonly note: (line: string) => void;
}

/** Answers may take 35 s after the end of the traffic. */
const FINISH_MS_MAX = 60_000;
const READY_MS_MAX = 30_000;

/** Starts the generators and gives them their plans. */
export async function startFleet(ports: FleetPorts): Promise<Fleet> {
  const { options, sizing, bus, note } = ports;
  const links =
    options.generators === 'remote'
      ? await remoteLinks(options.agents, bus, note)
      : Array.from({ length: sizing.generators }, (_, index) =>
          startGeneratorProcess(`generator ${index + 1}`, options.niceness.generator),
        );
  const plans = plansFor(ports, links);
  let listener: (generator: string, tick: GeneratorTick) => void = () => undefined;
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);
  const fail = (why: string): void => failure.reject(new LoadTestError('generator-lost', why));
  const waits = links.map((link) => {
    const ready = Promise.withResolvers<void>();
    const finished = Promise.withResolvers<string>();
    link.onLost(fail);
    link.onNews((news) => {
      if (news.kind === 'ready') ready.resolve();
      else if (news.kind === 'tick') listener(link.name, news.tick);
      else if (news.kind === 'finished') finished.resolve(news.file);
      else fail(`${link.name}: ${news.why}`);
    });
    return { link, ready: ready.promise, finished: finished.promise };
  });
  const within = async <T>(what: string, wait: Promise<T>, ms: number): Promise<T> => {
    const limit = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => limit.reject(new LoadTestError('generator-lost', `generators did not ${what} within ${ms} ms`)),
      ms,
    );
    try {
      return await Promise.race([wait, failure.promise, limit.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
  links.forEach((link, index) => {
    const plan = plans[index];
    if (plan !== undefined) link.order({ kind: 'plan', plan });
  });
  const orderAll = (kind: 'ramp' | 'finish' | 'end'): void => links.forEach((link) => link.order({ kind }));
  try {
    await within('get ready', Promise.all(waits.map(({ ready }) => ready)), READY_MS_MAX);
  } catch (error) {
    for (const link of links) link.kill();
    throw error;
  }
  return {
    onTick: (next) => {
      listener = next;
    },
    ramp: () => orderAll('ramp'),
    finish: async () => {
      orderAll('finish');
      const files = waits.map(async ({ link, finished }) => link.recordFile(await finished));
      return within('finish', Promise.all(files), FINISH_MS_MAX);
    },
    end: () => orderAll('end'),
    kill: () => {
      for (const link of links) link.kill();
    },
    failed: failure.promise,
    processes: () =>
      links.flatMap(({ name, pid }) =>
        pid === undefined ? [] : [{ kind: 'generator' as const, name, pid, metricsText: undefined }],
      ),
  };
}

async function remoteLinks(
  agents: number,
  bus: Bus | undefined,
  note: (line: string) => void,
): Promise<readonly GeneratorLink[]> {
  if (bus === undefined)
    throw new LoadTestError('bad-options', 'remote generators are reached over NATS: give --nats <url>');
  return joinedGenerators(bus, agents, note);
}

/** Cuts the chargers into equal parts. */
function plansFor(
  { options, sizing, prefix, targets }: FleetPorts,
  links: readonly GeneratorLink[],
): readonly GeneratorPlan[] {
  const { chargers, versions, traffic, slowShare, connectsPerSecond, reconnectSeconds, seed } = options;
  return links.map((_, index) => {
    const first = Math.floor((chargers * index) / links.length);
    return {
      prefix,
      first,
      chargers: Math.floor((chargers * (index + 1)) / links.length) - first,
      targets: targets.map(parseTarget),
      sources: sizing.sources,
      versions,
      traffic,
      dialsPerSecond: connectsPerSecond / links.length,
      reconnectSpreadMs: reconnectSeconds * 1000,
      slowShare,
      seed: seed * 1000 + index,
      tickOffsetMs: Math.floor((TICK_SPREAD_MS * index) / links.length),
    };
  });
}
