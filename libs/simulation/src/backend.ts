/**
 * A backend that asks for commands over the public subjects and keeps asking, under the same idempotency key, until it is told what
 * became of them. Everything is drawn from its own stream.
 */
import { type Bus, BusError } from '@voltlane/bus';
import type { OcppVersion } from '@voltlane/ocpp';
import { type Clock, type Random, sleep } from '@voltlane/time';
import { chargerId, type Subjects, tenant } from '@voltlane/wire';
import type { CommandTold } from './invariant.ts';
import { exponential, oneOf, whole } from './streams.ts';

/** A charger that may be commanded. */
export interface Commandable {
  readonly id: string;
  readonly version: OcppVersion;
}

/** What a backend needs. */
export interface BackendParts {
  readonly bus: Pick<Bus, 'request'>;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly random: Random;
  readonly chargers: readonly Commandable[];
  /** How many times faster than in real life it asks. */
  readonly pace: number;
  readonly fromMs: number;
  /** Asks for nothing new from here on. */
  readonly untilMs: number;
  readonly onTold: (told: CommandTold) => void;
  readonly onRefused: (charger: string, code: string) => void;
}

/** Mean time between two commands to one charger. */
const COMMAND_MEAN_MS = 5_400_000;
/** A backend of a NATS client waits this long for an answer. */
const REQUEST_TIMEOUT_MS = 45_000;
/** It gives up in the end: what was taken is in the journal all the same. */
const TRIES_MAX = 10;
const TRY_AGAIN_MS = 2_000;
const TTLS_MS: readonly number[] = [0, 0, 20_000, 120_000];

/** Lets a backend ask. */
export async function ask(parts: BackendParts): Promise<void> {
  const { clock, random, chargers, pace, fromMs, untilMs } = parts;
  await sleep(clock, fromMs);
  for (let number = 1; ; number += 1) {
    const waitMs = exponential(random, COMMAND_MEAN_MS / pace / chargers.length);
    if (clock.monotonicMs() + waitMs >= untilMs) return;
    await sleep(clock, waitMs);
    // Bursts to one charger: commands that wait for each other.
    const charger = oneOf(random, chargers);
    for (let burst = random.next() < 0.3 ? 3 : 1; burst > 0; burst -= 1)
      void one(parts, charger, `k${number}-${burst}`);
  }
}

async function one(parts: BackendParts, charger: Commandable, idempotencyKey: string): Promise<void> {
  const { random } = parts;
  const { action, payload } = wanted(random, charger.version);
  const ttlMs = oneOf(random, TTLS_MS);
  const body = {
    payload,
    idempotencyKey,
    ttlMs,
    timeoutMs: 20_000,
    priority: whole(random, 10),
    ...(random.next() < 0.3 ? { coalesceKey: 'c' } : {}),
  };
  const takesBack = ttlMs > 0 && random.next() < 0.3;
  const told = await untilTold(parts, charger, action, body);
  if (told !== undefined && told.status !== 'finished') {
    const { commandId } = told;
    if (takesBack) await untilTold(parts, charger, 'cancel', { commandId });
    await untilTold(parts, charger, 'status', { commandId, wait: 30_000 });
  }
}

/** Asks until there is an answer; undefined when it was refused or given up. */
async function untilTold(
  parts: BackendParts,
  { id }: Commandable,
  action: string,
  body: object,
): Promise<CommandTold | undefined> {
  const { bus, subjects, clock } = parts;
  const subject = subjects.command({ tenant: tenant('default'), chargerId: chargerId(id) }, action);
  for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
    try {
      const reply = await bus.request(subject, Buffer.from(JSON.stringify(body)), REQUEST_TIMEOUT_MS);
      const answer = readTold(id, JSON.parse(Buffer.from(reply).toString('utf8')));
      if (typeof answer !== 'string') {
        parts.onTold(answer);
        return answer;
      }
      parts.onRefused(id, answer);
      if (answer !== 'unavailable' && answer !== 'overloaded') return undefined;
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
    }
    await sleep(clock, TRY_AGAIN_MS);
  }
  return undefined;
}

/** What the answer says, or the code of the refusal. */
function readTold(charger: string, json: unknown): CommandTold | string {
  if (typeof json !== 'object' || json === null) return 'unreadable';
  if ('problem' in json) {
    const { problem } = json;
    return typeof problem === 'object' && problem !== null && 'code' in problem ? String(problem.code) : 'unreadable';
  }
  const fields = new Map<string, unknown>(Object.entries(json));
  const outcome = fields.get('outcome');
  return {
    charger,
    commandId: String(fields.get('commandId')),
    status: String(fields.get('status')),
    outcome: typeof outcome === 'string' ? outcome : undefined,
  };
}

function wanted(random: Random, version: OcppVersion): { readonly action: string; readonly payload: object } {
  const kinds = [
    { action: 'ClearCache', payload: {} },
    { action: 'GetLocalListVersion', payload: {} },
    { action: 'TriggerMessage', payload: { requestedMessage: 'Heartbeat' } },
    version === '1.6'
      ? { action: 'GetConfiguration', payload: { key: ['HeartbeatInterval'] } }
      : { action: 'GetTransactionStatus', payload: {} },
  ];
  return oneOf(random, kinds);
}
