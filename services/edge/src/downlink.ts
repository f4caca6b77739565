/**
 * The way from the workers to sessions: one wildcard subscription per edge. Owns the fence: a message with a lower epoch than
 * the highest seen for its partition comes from a worker that has lost the partition, and is dropped. The highest is raised by
 * what workers send and by the announcement of each new owner. Knows no OCPP.
 */
import type { BusMessage } from '@voltlane/bus';
import type { Downlink, Epoch, PartitionId } from '@voltlane/wire';
import { decodeDownlink, decodeOwner, WireError } from '@voltlane/wire';
import { closeCode } from './close-code.ts';
import type { EdgeMetrics } from './metrics.ts';
import type { Sessions } from './sessions.ts';
import type { Uplinks } from './uplink.ts';

/** What the downlink works with. */
export interface DownlinkPorts {
  readonly sessions: Sessions;
  readonly uplinks: Uplinks;
  readonly metrics: EdgeMetrics;
  /** Number of the uplink message a reply subject belongs to; undefined for other subjects. */
  readonly replyNumber: (subject: string) => number | undefined;
}

/** Handlers for what workers send. */
export interface Downlinks {
  /** Everything that is sent to this edge. */
  received(message: BusMessage): void;
  /** What new owners tell all edges: calls without a reply go to them at once. */
  announced(message: BusMessage): void;
}

/** Returns the handlers. */
export const createDownlink = (ports: DownlinkPorts): Downlinks => {
  const highest = new Map<PartitionId, Epoch>();
  const received = (message: BusMessage): void => {
    const n = ports.replyNumber(message.subject);
    if (message.noResponders) {
      if (n !== undefined) ports.uplinks.nobody(n);
      return;
    }
    const downlink = decode(decodeDownlink, message.data, ports.metrics);
    if (downlink === undefined) return;
    const seen = highest.get(downlink.partition);
    if (seen !== undefined && downlink.epoch < seen) {
      ports.metrics.downlink('fenced');
      return;
    }
    if (seen === undefined || downlink.epoch > seen) {
      highest.set(downlink.partition, downlink.epoch);
      route(ports, downlink, n);
      if (seen !== undefined) ports.uplinks.ownerChanged(downlink.partition);
      return;
    }
    route(ports, downlink, n);
  };
  const announced = (message: BusMessage): void => {
    const owner = decode(decodeOwner, message.data, ports.metrics);
    if (owner === undefined) return;
    const seen = highest.get(owner.partition);
    // Lower: an announcement that was overtaken. Equal: a reply of the new owner came first, and did all this.
    if (seen !== undefined && owner.epoch <= seen) return;
    highest.set(owner.partition, owner.epoch);
    ports.uplinks.ownerChanged(owner.partition);
  };
  return { received, announced };
};

const decode = <T>(read: (data: Uint8Array) => T, data: Uint8Array, metrics: EdgeMetrics): T | undefined => {
  try {
    return read(data);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    metrics.downlink(error.code === 'newer-version' ? 'newerVersion' : 'malformed');
    return undefined;
  }
};

const route = (ports: DownlinkPorts, downlink: Downlink, n: number | undefined): void => {
  if (downlink.kind === 'reply') {
    const taken = n !== undefined && ports.uplinks.replied(n, downlink);
    ports.metrics.downlink(taken ? 'reply' : 'unmatched');
    return;
  }
  const connection = ports.sessions.get(downlink.sessionId);
  if (connection === undefined) {
    ports.metrics.downlink('unknownSession');
    return;
  }
  ports.metrics.downlink(downlink.kind);
  if (downlink.kind === 'close')
    connection.handle({ kind: 'close', code: closeCode(downlink.code), reason: downlink.reason });
  else {
    const { commandId, action, payload, timeoutMs, traceparent } = downlink;
    connection.handle({ kind: 'command', commandId, action, payload, timeoutMs, traceparent });
  }
};
