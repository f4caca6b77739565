/** A connection without a socket or a bus, for tests of what acts on many of them. */
import { createFakeClock, Deadlines } from '@voltlane/time';
import { chargerId, edgeId, partitionId, sessionId, tenant } from '@voltlane/wire';
import type { AttachSlot } from '../src/attach-gate.ts';
import { Connection } from '../src/connection.ts';
import type { EdgeMetrics } from '../src/metrics.ts';
import { createSession } from '../src/session.ts';

/** `onClose` hears how its socket is closed: with a code, or cut (undefined). */
export const connectionOf = (
  id: string,
  metrics: EdgeMetrics,
  onClose: (code: number | undefined) => void,
  closeBy: 'close' | 'terminate' = 'close',
  slot?: AttachSlot,
): Connection => {
  const session = createSession(
    {
      tenant: tenant('default'),
      chargerId: chargerId(id),
      edgeId: edgeId('edge'),
      sessionId: sessionId(`s-${id}`),
      version: '1.6',
      partition: partitionId(0),
      lenient: false,
      closeBy,
      limits: { callDeadlineMs: 1_000, inboundQueueCallsMax: 4, idleTimeoutMs: 10_000 },
      pingIntervalMs: 3_000,
    },
    0,
  );
  const nothing = (): void => undefined;
  const socket = {
    bufferedAmount: 0,
    send: nothing,
    close: (code: number) => onClose(code),
    terminate: () => onClose(undefined),
    pause: nothing,
    resume: nothing,
    ping: nothing,
  };
  const uplinks = {
    send: nothing,
    replied: () => false,
    nobody: nothing,
    ownerChanged: nothing,
    pending: () => 0,
    stop: nothing,
  };
  const ports = {
    clock: createFakeClock(),
    uplinks,
    metrics,
    outboundBytesMax: 1_000_000,
    deadlines: new Deadlines<Connection>(),
    onGone: nothing,
    onEnded: nothing,
  };
  return new Connection(session, socket, ports, slot);
};
