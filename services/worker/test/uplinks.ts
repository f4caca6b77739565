/** Uplink messages as an edge sends them, and chargers that cover every partition. */
import { systemClock } from '@voltlane/time';
import type { ChargerId, EdgeId, PartitionId, SessionHeader, Uplink, UplinkCall } from '@voltlane/wire';
import { chargerId, edgeId, partitionOf, sessionId, tenant } from '@voltlane/wire';

export const TENANT: ReturnType<typeof tenant> = tenant('default');
export const EDGE: EdgeId = edgeId('edge1');

/** The session of a charger. */
export function header(charger: string, session = 's1'): SessionHeader {
  return {
    tenant: TENANT,
    chargerId: chargerId(charger),
    edgeId: EDGE,
    sessionId: sessionId(session),
    version: '1.6',
  };
}

/** Its first message. */
export function opened(charger: string, session = 's1'): Uplink {
  const rest = { openedAtMs: 1_767_225_600_000, remoteAddress: '127.0.0.1', securityProfile: 0 };
  return { ...header(charger, session), kind: 'sessionOpened', seq: 0, ...rest };
}

/** A CALL. */
export function call(
  charger: string,
  seq: number,
  action: string,
  payload: object,
  over: Partial<UplinkCall> = {},
): UplinkCall {
  return {
    ...header(charger),
    kind: 'call',
    seq,
    messageId: `m${seq}`,
    action,
    payload: JSON.stringify(payload),
    receivedAtMs: systemClock.nowMs(),
    budgetMs: 25_000,
    send: false,
    deviations: [],
    ...over,
  };
}

export const BOOT = { chargePointVendor: 'V', chargePointModel: 'M' };

/** A start that differs from every other by its register. */
export function start(meterStart: number): object {
  return { connectorId: 1, idTag: 'TAG', meterStart, timestamp: '2026-01-01T10:00:00Z' };
}

/** One charger for each partition, in order of the partitions. */
export function chargerPerPartition(partitions: number): readonly ChargerId[] {
  const found = new Map<PartitionId, ChargerId>();
  for (let number = 0; found.size < partitions; number += 1) {
    const id = chargerId(`CP${number}`);
    const partition = partitionOf(TENANT, id, partitions);
    if (!found.has(partition)) found.set(partition, id);
  }
  return [...found.entries()].toSorted(([a], [b]) => a - b).map(([, id]) => id);
}
