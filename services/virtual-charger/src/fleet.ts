/**
 * Owns a run of the command: build the chargers, let each do its sessions, end them, say how it went. Prints through the
 * given functions only, so that a test can read along.
 */
import {
  type Charger,
  type ChargerEvent,
  createCharger,
  createFasterClock,
  runChargingSession,
} from '@voltlane/charger';
import { type Clock, createSeededRandom, sleep, systemRandom, TimeoutError, withTimeout } from '@voltlane/time';
import type { CliOptions } from './cli-options.ts';
import { adviceFor, narrate } from './narration.ts';
import { Tally } from './tally.ts';

/** What a run needs from the process. */
export interface FleetDeps {
  readonly clock: Clock;
  /** Prints one line. */
  print(line: string): void;
  /** Aborted by Ctrl-C: transactions stop, then the run ends. */
  readonly signal: AbortSignal;
}

/** Above this many chargers a summary replaces their lines. */
const TALKATIVE_MAX = 10;
const SUMMARY_EVERY_MS = 2000;
/** After Ctrl-C: longest wait for the last answers. */
const FAREWELL_MS = 5000;

/** Runs the fleet to its end; returns the exit status. */
export async function runFleet(options: CliOptions, deps: FleetDeps): Promise<number> {
  const tally = new Tally(options.count);
  const lives = Array.from({ length: options.count }, (_, index) => beginLife(options, deps, { tally, index }));
  const stopSummary = isSummarised(options)
    ? deps.clock.every(SUMMARY_EVERY_MS, () => {
        deps.print(tally.line(deps.clock.nowMs()));
      })
    : (): void => {};
  const work = Promise.all(lives.map(live));
  await Promise.race([work, farewell(deps)]);
  stopSummary();
  const undelivered = lives.reduce((sum, { charger }) => sum + charger.undelivered(), 0);
  for (const { charger } of lives) charger.stop();
  return conclude(options, deps, tally, undelivered);
}

interface Life {
  readonly charger: Charger;
  readonly options: CliOptions;
  readonly deps: FleetDeps;
  readonly tally: Tally;
  readonly index: number;
  /** Why the charger is not connected, in words; empty while it is. */
  trouble: string;
}

function beginLife(options: CliOptions, deps: FleetDeps, { tally, index }: Pick<Life, 'tally' | 'index'>): Life {
  const id = options.count === 1 ? options.id : `${options.id}-${String(index + 1).padStart(4, '0')}`;
  const charger = createCharger({
    id,
    version: options.version,
    url: options.url,
    clock: deps.clock,
    random: options.seed === undefined ? systemRandom : createSeededRandom(options.seed + index),
    hardware: { evses: options.connector },
    remoteSession: { durationMs: options.durationMs, sampleIntervalMs: options.sampleIntervalMs },
    ...(options.timeScale === 1 ? {} : { sessionClock: createFasterClock(deps.clock, options.timeScale) }),
    ...(options.password === undefined ? {} : { password: options.password }),
    log: (event) => {
      if (event.kind === 'connect-failed') {
        // Without the identity, so that the same trouble of many chargers counts as one.
        const message = event.message.replace(`/${encodeURIComponent(id)}`, '');
        life.trouble = `${message}; ${adviceFor(event.status, options.url)}`;
        if (tally.isNews(life.trouble) && isSummarised(options)) deps.print(`not connected: ${life.trouble}`);
      }
      if (event.kind === 'connected') life.trouble = '';
      tally.onEvent(event);
      tell(id, event, options, deps);
    },
  });
  const life: Life = { charger, options, deps, tally, index, trouble: '' };
  tally.add(charger.counters);
  return life;
}

function isSummarised({ count, output }: CliOptions): boolean {
  return count > TALKATIVE_MAX && output === 'lines';
}

function tell(id: string, event: ChargerEvent, options: CliOptions, deps: FleetDeps): void {
  if (options.output === 'json') deps.print(JSON.stringify({ charger: id, ...event }));
  if (options.output !== 'lines' || isSummarised(options)) return;
  const namedByCsms = options.version === '1.6';
  const line = narrate(id, event, { trace: options.trace, url: options.url, namedByCsms });
  if (line !== undefined) deps.print(line);
}

/** One charger's life: start, sessions, done. Problems go to the tally. */
async function live(life: Life): Promise<void> {
  const { charger, options, deps, tally, index } = life;
  const { clock, signal } = deps;
  if (!(await waited(clock, (options.rampMs * index) / options.count, signal))) return;
  try {
    await withTimeout(
      clock,
      untilAborted(charger.start(), signal),
      options.connectTimeoutMs,
      'acceptance by the broker',
    );
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    const unanswered = `the broker has not accepted it (registration ${charger.registration()})`;
    tally.onProblem(`not in service after ${options.connectTimeoutMs / 1000} s: ${life.trouble || unanswered}`);
    charger.stop();
    return;
  }
  if (options.sessions === 0) {
    await untilAborted(new Promise<void>(() => {}), signal);
    return;
  }
  for (let session = 1; session <= options.sessions && !signal.aborted; session += 1) {
    if (session > 1 && !(await waited(clock, options.pauseMs, signal))) return;
    const { connector: connectorId, idToken, durationMs, sampleIntervalMs } = options;
    tally.onSession(await runChargingSession(charger, { connectorId, idToken, durationMs, sampleIntervalMs, signal }));
  }
}

function conclude(options: CliOptions, deps: FleetDeps, tally: Tally, undelivered: number): number {
  const wanted = options.count * options.sessions;
  const unfinished = deps.signal.aborted ? 0 : Math.max(0, wanted - tally.completed - tally.failed);
  const good = tally.failed === 0 && unfinished === 0 && undelivered === 0;
  if (options.count > 1 && options.output !== 'json') deps.print(tally.line(deps.clock.nowMs()));
  const of = options.sessions === 0 ? '' : ` of ${wanted}`;
  const told = good
    ? `ok: ${tally.completed}${of} sessions completed${deps.signal.aborted ? ', then stopped by Ctrl-C' : ''}`
    : `failed: ${tally.completed}${of} sessions completed; ${[...tally.problems(), ...lostWords(undelivered)].join('; ')}`;
  if (options.output === 'json') deps.print(JSON.stringify({ kind: 'end', good, completed: tally.completed, told }));
  else deps.print(told);
  return good ? 0 : 1;
}

function lostWords(undelivered: number): readonly string[] {
  return undelivered === 0 ? [] : [`${undelivered} transaction messages were not answered`];
}

/** Resolves some time after Ctrl-C. */
async function farewell({ clock, signal }: FleetDeps): Promise<void> {
  await untilAborted(new Promise<void>(() => {}), signal);
  await sleep(clock, FAREWELL_MS);
}

/** Resolves with the work or as soon as the signal is aborted. */
async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  let onAbort = (): void => {};
  const aborted = new Promise<void>((resolve) => {
    onAbort = resolve;
    signal.addEventListener('abort', onAbort, { once: true });
  });
  await Promise.race([work, aborted]);
  signal.removeEventListener('abort', onAbort);
}

/** Waits; false when aborted meanwhile. */
async function waited(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  if (ms > 0) await untilAborted(sleep(clock, ms), signal);
  return !signal.aborted;
}
