/** The fence of the edge: which owner it listens to, and whom it tells about a new one. */
import type { BusMessage } from '@voltlane/bus';
import type { DownlinkReply, PartitionId } from '@voltlane/wire';
import { encodeDownlink, encodeOwner, partitionId, sessionId, epoch as toEpoch, workerId } from '@voltlane/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Downlinks } from '../src/downlink.ts';
import { createDownlink } from '../src/downlink.ts';
import { Sessions } from '../src/sessions.ts';
import type { CountingMetrics } from './counting-metrics.ts';
import { createCountingMetrics } from './counting-metrics.ts';

const P = partitionId(3);

let metrics: CountingMetrics;
let replies: DownlinkReply[];
let changed: PartitionId[];
let downlinks: Downlinks;

beforeEach(() => {
  metrics = createCountingMetrics();
  replies = [];
  changed = [];
  downlinks = createDownlink({
    sessions: new Sessions(),
    metrics,
    replyNumber: () => 1,
    uplinks: {
      send: () => undefined,
      nobody: () => undefined,
      pending: () => 0,
      stop: () => undefined,
      replied: (_n, reply) => replies.push(reply) > 0,
      ownerChanged: (partition) => void changed.push(partition),
    },
  });
});

function message(data: Uint8Array): BusMessage {
  return { subject: 's', data, reply: undefined, noResponders: false };
}

function reply(epoch: number): void {
  const header = { partition: P, epoch: toEpoch(epoch), sessionId: sessionId('s1') };
  downlinks.received(message(encodeDownlink({ ...header, kind: 'reply', seq: 1, outcome: { kind: 'noted' } })));
}

function announce(epoch: number): void {
  downlinks.announced(message(encodeOwner({ partition: P, epoch: toEpoch(epoch), worker: workerId('w') })));
}

describe('an edge that hears of a new owner', () => {
  it('sends what has no reply again, also when it never heard of an owner before', () => {
    announce(4);
    announce(5);
    expect(changed).toEqual([P, P]);
  });

  it('drops what the owner before still sends', () => {
    reply(4);
    announce(5);
    reply(4);
    reply(5);
    expect(replies.map((taken) => taken.epoch)).toEqual([4, 5]);
    expect(metrics.get('downlink:fenced')).toBe(1);
  });

  it('ignores an announcement that was overtaken or repeated', () => {
    announce(5);
    announce(4);
    announce(5);
    reply(5);
    expect(changed).toEqual([P]);
    expect(replies.length).toBe(1);
  });

  it('counts an announcement it cannot read', () => {
    downlinks.announced(message(new Uint8Array([1, 2, 3])));
    downlinks.announced(message(new Uint8Array([0x92, 2, 33])));
    expect(metrics.get('downlink:malformed')).toBe(1);
    expect(metrics.get('downlink:newerVersion')).toBe(1);
    expect(changed).toEqual([]);
  });
});
