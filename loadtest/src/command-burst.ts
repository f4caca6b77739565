/**
 * Commands to chargers over NATS, as a backend sends them: request/reply on `command.<tenant>.<charger>.ClearCache`. Open loop: a
 * command is due at its time, whatever became of the one before. Holds what the broker said of each against what the chargers got.
 */

import type { Bus } from '@voltlane/bus';
import type { Random } from '@voltlane/time';
import { sleep, systemClock } from '@voltlane/time';
import { chargerId, createSubjects, tenant } from '@voltlane/wire';
import type { Histogram } from 'hdr-histogram-js';
import { build } from 'hdr-histogram-js';
import { commandNumber } from './generator/charger-record.ts';

/** What became of the commands. */
export interface CommandFigures {
  readonly asked: number;
  /** Outcomes and problem codes, with counts. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Not asked because as many as allowed were waiting. */
  readonly skipped: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answered by a charger that never got it. */
  readonly lost: number;
  /** Got by a charger more than once. */
  readonly doubled: number;
  /** Got by a charger, though nobody asked. */
  readonly foreign: number;
}

/** Sends commands. */
export interface CommandBurst {
  /** So many a second, to chargers drawn at random, for so long; resolves when the last has been asked. */
  run(perSecond: number, seconds: number): Promise<void>;
  /** Waits for the answers still out. */
  settled(): Promise<void>;
  /** The verdict; `received` are pairs of charger and `commandNumber` from the chargers' records. */
  figures(received: readonly (readonly [charger: number, number: number])[]): CommandFigures;
}

/** What it works with. */
export interface CommandBurstPorts {
  readonly bus: Bus;
  readonly subjectPrefix: string;
  readonly prefix: string;
  readonly chargers: number;
  readonly random: Random;
}

const ACTION = 'ClearCache';
const TICK_MS = 5;
/** How long a charger may take; mute ones use it up. */
const TIMEOUT_MS = 5_000;
const REPLY_MS_MAX = 30_000;
const WAITING_MAX = 5_000;
const MESSAGE_ID_CHARS = 36;
/** Outcomes that a charger had a part in. */
const ANSWERED: ReadonlySet<string> = new Set(['accepted', 'rejected', 'callError']);

/** Nothing is sent before `run`. */
export function createCommandBurst(ports: CommandBurstPorts): CommandBurst {
  const { bus, prefix, chargers, random } = ports;
  const subjects = createSubjects(ports.subjectPrefix);
  const body = new TextEncoder().encode(JSON.stringify({ payload: {}, timeoutMs: TIMEOUT_MS }));
  const latencyUs: Histogram = build({ bitBucketSize: 32, autoResize: true, numberOfSignificantValueDigits: 3 });
  const outcomes: Record<string, number> = {};
  /** Commands the broker took, as `charger/number`; true when the charger has answered. */
  const known = new Map<string, boolean>();
  const waiting = new Set<Promise<void>>();
  let asked = 0;
  let skipped = 0;

  const ask = async (charger: number, dueMs: number): Promise<void> => {
    asked += 1;
    const subject = subjects.command(
      { tenant: tenant('default'), chargerId: chargerId(`${prefix}${charger}`) },
      ACTION,
    );
    let outcome = 'no reply';
    try {
      const reply = readReply(new TextDecoder().decode(await bus.request(subject, body, REPLY_MS_MAX)));
      outcome = reply.outcome;
      if (reply.commandId !== undefined) {
        known.set(`${charger}/${commandNumber(reply.commandId.slice(-MESSAGE_ID_CHARS))}`, ANSWERED.has(outcome));
      }
      if (ANSWERED.has(outcome))
        latencyUs.recordValue(Math.max(1, Math.round((systemClock.monotonicMs() - dueMs) * 1000)));
    } catch (error) {
      outcome = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    }
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  };

  return {
    run: async (perSecond, seconds) => {
      const startMs = systemClock.monotonicMs();
      const total = Math.round(perSecond * seconds);
      for (let sent = 0; sent < total; ) {
        const dueMs = startMs + (sent * 1000) / perSecond;
        if (systemClock.monotonicMs() < dueMs) {
          await sleep(systemClock, TICK_MS);
          continue;
        }
        sent += 1;
        if (waiting.size >= WAITING_MAX) {
          skipped += 1;
          continue;
        }
        const one = ask(Math.floor(random.next() * chargers), dueMs).finally(() => waiting.delete(one));
        waiting.add(one);
      }
    },
    settled: async () => {
      await Promise.all(waiting);
    },
    figures: (received) => {
      const counts = new Map<string, number>();
      for (const [charger, number] of received) {
        const key = `${charger}/${number}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      const at = (percentile: number): number => latencyUs.getValueAtPercentile(percentile) / 1000;
      return {
        asked,
        outcomes,
        skipped,
        p50Ms: at(50),
        p99Ms: at(99),
        lost: [...known].filter(([key, isAnswered]) => isAnswered && !counts.has(key)).length,
        doubled: [...counts.values()].filter((count) => count > 1).length,
        foreign: [...counts.keys()].filter((key) => !known.has(key)).length,
      };
    },
  };
}

function readReply(text: string): { readonly outcome: string; readonly commandId: string | undefined } {
  const reply: unknown = JSON.parse(text);
  const outcome = fieldOf(reply, 'outcome') ?? fieldOf(fieldOf(reply, 'problem'), 'code') ?? fieldOf(reply, 'status');
  const commandId = fieldOf(reply, 'commandId');
  return { outcome: String(outcome), commandId: typeof commandId === 'string' ? commandId : undefined };
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
