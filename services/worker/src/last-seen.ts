/**
 * Makes known when chargers were last heard of. A state record says it as of the last change; a Heartbeat changes nothing. So each
 * owner writes, once per interval and partition, one page of all chargers it heard of since: docs/decisions/0009.
 *
 * Invariants
 * 1. A call costs the actor one number; everything else happens here, a few partitions per second.
 * 2. A page is written by compare-and-set on what it was merged from, so an owner that was replaced takes nothing away.
 * 3. A page has at most `LAST_SEEN_PAGE_BYTES_MAX` bytes; beyond, those unheard for longest go. What is older than `FORGET_S` goes
 *    as well: by then the charger has long been reported disconnected, and its state record says when.
 */
import type { Ownership } from '@voltlane/actors';
import { isBusError, type KeyValue } from '@voltlane/bus';
import { LAST_SEEN_PAGE_BYTES_MAX, lastSeenKey } from '@voltlane/charger-state';
import type { Logger } from '@voltlane/telemetry';
import type { CancelTimer, Clock } from '@voltlane/time';
import type { ChargerSeen, LastSeenPage, PartitionId } from '@voltlane/wire';
import { decodeLastSeen, encodeLastSeen, foldCase, partitionId, WireError } from '@voltlane/wire';
import type { ChargerActor } from './charger-actor.ts';
import type { WorkerMetrics } from './metrics.ts';

/** What writing works with. */
export interface LastSeenDependencies {
  readonly bucket: Pick<KeyValue, 'get' | 'update'>;
  readonly ownership: Pick<Ownership, 'epochOf'>;
  readonly partitions: number;
  readonly actorsOf: (
    partition: PartitionId,
  ) => Iterable<Pick<ChargerActor, 'tenant' | 'chargerId' | 'heardMonotonicMs'>>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  readonly metrics: Pick<WorkerMetrics, 'lastSeenWritten' | 'lastSeenFailed'>;
}

const TICK_MS = 1_000;
/** Above the longest heartbeat interval a charger can be given (a week). */
const FORGET_S = 8 * 24 * 3_600;
/** Of an entry besides its texts: their lengths, and the seconds. */
const ENTRY_BYTES = 9;

/** Visits every partition once per interval, a few per second. Returns what stops it; an interval of 0 never writes. */
export function startLastSeen(deps: LastSeenDependencies, intervalMs: number): CancelTimer {
  if (intervalMs === 0) return () => {};
  const writtenTo = new Map<PartitionId, number>();
  let due = 0;
  let next = 0;
  let running = false;
  const round = async (): Promise<void> => {
    for (; due >= 1; due -= 1) {
      const partition = partitionId(next);
      next = (next + 1) % deps.partitions;
      if (deps.ownership.epochOf(partition) !== undefined) await writePage(deps, partition, writtenTo);
    }
  };
  return deps.clock.every(TICK_MS, () => {
    // What a slow bus held up is not made up for: one round of all partitions at most.
    due = Math.min(deps.partitions, due + (deps.partitions * TICK_MS) / intervalMs);
    if (running) return;
    running = true;
    void round().finally(() => {
      running = false;
    });
  });
}

async function writePage(
  deps: LastSeenDependencies,
  partition: PartitionId,
  writtenTo: Map<PartitionId, number>,
): Promise<void> {
  const { bucket, clock, log, metrics } = deps;
  const sinceMs = writtenTo.get(partition) ?? -1;
  const monotonicToWallMs = clock.nowMs() - clock.monotonicMs();
  let upToMs = sinceMs;
  const heard: ChargerSeen[] = [];
  for (const { tenant, chargerId, heardMonotonicMs } of deps.actorsOf(partition)) {
    if (heardMonotonicMs <= sinceMs) continue;
    upToMs = Math.max(upToMs, heardMonotonicMs);
    heard.push({ tenant, chargerId, seenAtS: Math.floor((heardMonotonicMs + monotonicToWallMs) / 1_000) });
  }
  if (heard.length === 0) return;
  try {
    const key = lastSeenKey(partition);
    const entry = await bucket.get(key);
    const page = mergeLastSeen(
      entry === undefined ? [] : readPage(entry.value),
      heard,
      Math.floor(clock.nowMs() / 1_000),
    );
    const revision = await bucket.update(key, encodeLastSeen(page), entry?.revision ?? 0);
    // Lost against another owner: what it wrote is merged in the next round.
    if (revision === undefined) return;
    writtenTo.set(partition, upToMs);
    metrics.lastSeenWritten(heard.length);
  } catch (error) {
    if (!isBusError(error) && !(error instanceof WireError)) throw error;
    metrics.lastSeenFailed();
    log.warn({ partition, err: error }, 'last seen not written');
  }
}

/** A page that cannot be read is begun anew; one of a newer version belongs to somebody who knows more. */
function readPage(value: Uint8Array): readonly ChargerSeen[] {
  try {
    return decodeLastSeen(value).chargers;
  } catch (error) {
    if (error instanceof WireError && error.code === 'malformed') return [];
    throw error;
  }
}

/** The newest of both for each charger, within the bounds of a page. */
export function mergeLastSeen(
  before: readonly ChargerSeen[],
  heard: readonly ChargerSeen[],
  nowS: number,
): LastSeenPage {
  const newest = new Map<string, ChargerSeen>();
  for (const seen of [...before, ...heard]) {
    const key = `${seen.tenant}/${foldCase(seen.chargerId)}`;
    const known = newest.get(key);
    if (known === undefined || known.seenAtS <= seen.seenAtS) newest.set(key, seen);
  }
  const kept: ChargerSeen[] = [];
  let bytes = ENTRY_BYTES;
  for (const seen of [...newest.values()].sort((a, b) => b.seenAtS - a.seenAtS)) {
    bytes += Buffer.byteLength(seen.tenant) + Buffer.byteLength(seen.chargerId) + ENTRY_BYTES;
    if (bytes > LAST_SEEN_PAGE_BYTES_MAX || nowS - seen.seenAtS > FORGET_S) break;
    kept.push(seen);
  }
  return { writtenAtS: nowS, chargers: kept.sort((a, b) => (a.tenant < b.tenant ? -1 : a.tenant > b.tenant ? 1 : 0)) };
}
