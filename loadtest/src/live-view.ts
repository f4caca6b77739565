/** What the terminal shows while a run lasts: a redrawn block on a terminal, one line a second elsewhere. */

import type { ProcessSample } from './process-sampler.ts';
import { PROCESS_KINDS } from './process-sampler.ts';
import type { Second, Usage } from './run-log.ts';

/** The display. */
export interface LiveView {
  /** A second has passed. */
  second(second: Second, chargers: number, processes: readonly ProcessSample[]): void;
  /** Something happened. */
  note(line: string): void;
  /** Leaves the last state on the screen. */
  close(): void;
}

/** Where it is shown. */
export interface Screen {
  /** Width of the terminal; undefined when it is none. */
  readonly columns: number | undefined;
  write(text: string): void;
}

const KIND_NAMES = { edge: 'edges', worker: 'workers', nats: 'nats', generator: 'generators' } as const;
const UP = '\u001b[1A\u001b[2K';
/** Samples are a second apart: so many µs of CPU are 1 %. */
const US_PER_PERCENT = 10_000;
const MIB = 1_048_576;

/** A display on `screen`. */
export function createLiveView(screen: Screen): LiveView {
  const { columns } = screen;
  const write = (text: string): void => screen.write(text);
  let drawn = 0;
  let before: Usage | undefined;
  let processesBefore: readonly ProcessSample[] = [];
  const erase = (): void => {
    if (drawn > 0) write(UP.repeat(drawn));
    drawn = 0;
  };
  return {
    second: (second, chargers, processes) => {
      const head = headline(second, chargers);
      if (columns === undefined) write(`${head} | ${usageLine(second.usage, before)}\n`);
      else {
        // A line that wraps would be two to erase.
        const lines = [head, ...processLines(processes, processesBefore)].map((line) => line.slice(0, columns - 1));
        erase();
        write(lines.map((line) => `${line}\n`).join(''));
        drawn = lines.length;
      }
      before = second.usage;
      processesBefore = processes;
    },
    note: (line) => {
      erase();
      write(`${line}\n`);
    },
    close: () => {
      drawn = 0;
    },
  };
}

/** Where the chargers stand. */
function headline(second: Second, chargers: number): string {
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
      const { memoryBytes, processes, cpuUs } = usage[kind];
      const percent = before === undefined ? '' : ` ${((cpuUs - before[kind].cpuUs) / US_PER_PERCENT).toFixed(0)} %`;
      return `${processes} ${KIND_NAMES[kind]} ${(memoryBytes / MIB).toFixed(0)} MiB${percent}`;
    })
    .join(', ');
}

function processLines(now: readonly ProcessSample[], before: readonly ProcessSample[]): readonly string[] {
  return now.map(({ name, rssBytes, cpuUs }) => {
    const last = before.find((one) => one.name === name)?.cpuUs ?? cpuUs;
    const percent = ((cpuUs - last) / US_PER_PERCENT).toFixed(0).padStart(4);
    return `  ${name.padEnd(14)} ${(rssBytes / MIB).toFixed(0).padStart(6)} MiB ${percent} %`;
  });
}

function clockTime(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`;
}
