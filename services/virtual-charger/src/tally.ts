/** Owns the counters of a fleet and the one line that sums them up. */
import type { ChargerEvent, RpcCounters, SessionRecord } from '@voltlane/charger';
import { isoTime } from '@voltlane/time';

/** Different troubles that are told. */
const TROUBLES_MAX = 20;

/** What a fleet has done so far. */
export class Tally {
  readonly #chargers: number;
  readonly #problems: Map<string, number> = new Map();
  readonly #troubles: Set<string> = new Set();
  readonly #counters: Readonly<RpcCounters>[] = [];
  #connected = 0;
  #accepted = 0;
  #running = 0;
  #completed = 0;
  #failed = 0;
  #energyWh = 0;

  constructor(chargers: number) {
    this.#chargers = chargers;
  }

  /** Chargers that could not start plus sessions that did not complete. */
  get failed(): number {
    return this.#failed;
  }

  /** Sessions that completed. */
  get completed(): number {
    return this.#completed;
  }

  /** A charger joins. */
  add(counters: Readonly<RpcCounters>): void {
    this.#counters.push(counters);
  }

  /** Something happened to a charger. */
  onEvent(event: ChargerEvent): void {
    if (event.kind === 'connected') this.#connected += 1;
    else if (event.kind === 'disconnected') this.#connected -= 1;
    else if (event.kind === 'booted' && event.status === 'Accepted') this.#accepted += 1;
    else if (event.kind === 'transaction-started') this.#running += 1;
    else if (event.kind === 'transaction-ended') this.#running -= 1;
  }

  /** A session ended. */
  onSession(record: SessionRecord): void {
    if (record.outcome === 'completed') {
      this.#completed += 1;
      this.#energyWh += (record.stopWh ?? 0) - (record.startWh ?? 0);
    } else this.onProblem(record.problem);
  }

  /** A charger could not do what it was asked to. */
  onProblem(problem: string): void {
    this.#failed += 1;
    this.#problems.set(problem, (this.#problems.get(problem) ?? 0) + 1);
  }

  /** True for the first of many equal troubles, so that a summary tells each once. */
  isNews(trouble: string): boolean {
    if (this.#troubles.has(trouble) || this.#troubles.size >= TROUBLES_MAX) return false;
    this.#troubles.add(trouble);
    return true;
  }

  /** Up to three problems, most frequent first. */
  problems(): readonly string[] {
    const sorted = [...this.#problems].sort(([, a], [, b]) => b - a).slice(0, 3);
    return sorted.map(([problem, times]) => (times === 1 ? problem : `${problem} (${times} times)`));
  }

  /** The counters in one line. */
  line(nowMs: number): string {
    const sum = (of: (counters: Readonly<RpcCounters>) => number): number =>
      this.#counters.reduce((total, counters) => total + of(counters), 0);
    const answered = sum(({ answered: count }) => count);
    const errors = sum(({ callErrors, badFrames }) => callErrors + badFrames);
    const timeouts = sum(({ timeouts: count }) => count);
    return [
      `${isoTime(nowMs).slice(11, 19)} ${this.#connected}/${this.#chargers} connected, ${this.#accepted} boots accepted`,
      `sessions: ${this.#running} running, ${this.#completed} completed, ${this.#failed} failed`,
      `${(this.#energyWh / 1000).toFixed(3)} kWh`,
      `calls: ${answered} answered, ${errors} errors, ${timeouts} timeouts`,
    ].join(' · ');
  }
}
