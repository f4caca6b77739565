/** What the terminal shows while a run lasts: a redrawn block on a terminal, one line a second elsewhere. */

import { PROCESS_KINDS } from './process-sampler.ts';
import type { Second, Usage } from './run-log.ts';

/** The display. */
export interface LiveView {
  /** A second has passed. */
  second(second: Second, chargers: number): void;
  /** Something happened. */
  note(line: string): void;
  /** Leaves the last state on the screen. */
  close(): void;
}

/** Where it is shown. */
export interface Screen {
  readonly isTerminal: boolean;
  write(text: string): void;
}

const KIND_NAMES = { edge: 'edges', worker: 'workers', nats: 'nats', generator: 'generators' } as const;
const UP = '\u001b[1A\u001b[2K';

/** A display on `screen`. */
export function createLiveView(screen: Screen): LiveView {
  let drawn = 0;
  let before: Usage | undefined;
  const erase = (): void => {
    if (drawn > 0) screen.write(UP.repeat(drawn));
    drawn = 0;
  };
  return {
    second: (second, chargers) => {
      const lines = [headline(second, chargers), usageLine(second.usage, before)];
      before = second.usage;
      if (!screen.isTerminal) {
        screen.write(`${lines.join(' | ')}\n`);
        return;
      }
      erase();
      screen.write(lines.map((line) => `${line}\n`).join(''));
      drawn = lines.length;
    },
    note: (line) => {
      erase();
      screen.write(`${line}\n`);
    },
    close: () => {
      drawn = 0;
    },
  };
}

/** Where the chargers stand. */
export function headline(second: Second, chargers: number): string {
  const { counters } = second;
  const ms = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(1));
  const bad = counters.errors + counters.wrong + counters.broken + counters.timeouts;
  const closes = counters.closes === 0 ? '' : ` closes ${counters.closes}`;
  const away = counters.refused + counters.unreached;
  return (
    `${clockTime(second.atS)} ${second.phase.padEnd(7)} ${second.connected}/${chargers} connected, ${second.served} served, ` +
    `${second.charging} charging, ${second.callsPerSecond.toFixed(0)} calls/s, p50 ${ms(second.p50Ms)} p99 ${ms(second.p99Ms)} ms, ` +
    `errors ${bad}${closes}${away === 0 ? '' : ` failed dials ${away}`}`
  );
}

function usageLine(usage: Usage, before: Usage | undefined): string {
  return PROCESS_KINDS.filter((kind) => usage[kind].processes > 0)
    .map((kind) => {
      const { rssBytes, processes, cpuUs } = usage[kind];
      // Samples are a second apart: 10,000 µs are 1 %.
      const percent = before === undefined ? '' : ` ${((cpuUs - before[kind].cpuUs) / 10_000).toFixed(0)} %`;
      return `${processes} ${KIND_NAMES[kind]} ${(rssBytes / 1_048_576).toFixed(0)} MiB${percent}`;
    })
    .join(', ');
}

function clockTime(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`;
}
