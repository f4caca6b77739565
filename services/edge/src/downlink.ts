/**
 * The way from the workers to sessions: one wildcard subscription per edge. Owns the fence: a message with a lower epoch than
 * the highest seen for its partition comes from a worker that has lost the partition, and is dropped. Knows no OCPP.
 */
import type { BusMessage } from '@voltlane/bus';
import type { Downlink, Epoch, PartitionId } from '@voltlane/wire';
import { decodeDownlink, WireError } from '@voltlane/wire';
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

/** Returns the handler for everything that is sent to this edge. */
export const createDownlink = (ports: DownlinkPorts): ((message: BusMessage) => void) => {
  const highest = new Map<PartitionId, Epoch>();
  return (message) => {
    const n = ports.replyNumber(message.subject);
    if (message.noResponders) {
      if (n !== undefined) ports.uplinks.nobody(n);
      return;
    }
    const downlink = decode(message.data, ports.metrics);
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
};

const decode = (data: Uint8Array, metrics: EdgeMetrics): Downlink | undefined => {
  try {
    return decodeDownlink(data);
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
    const { commandId, action, payload, timeoutMs } = downlink;
    connection.handle({ kind: 'command', commandId, action, payload, timeoutMs });
  }
};
