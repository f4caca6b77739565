/**
 * What a new owner of a partition tells all edges, as bytes: `[version, 33, partition, epoch, worker]`. The kind is apart from
 * those of uplink and downlink, so that one never reads as another.
 */
import { ENVELOPE_VERSION, type OwnerAnnouncement } from './envelope.ts';
import { malformed, openEnvelope, readText } from './envelope-fields.ts';
import { isEpoch, isPartitionId, isWorkerId } from './identity.ts';
import { pack } from './msgpack.ts';

const OWNER = 33;

/** Bytes of an announcement. */
export function encodeOwner(message: OwnerAnnouncement): Uint8Array {
  return pack([ENVELOPE_VERSION, OWNER, message.partition, message.epoch, message.worker]);
}

/** The announcement of bytes from the bus. WireError `newer-version` or `malformed`, nothing else. */
export function decodeOwner(bytes: Uint8Array): OwnerAnnouncement {
  const fields = openEnvelope(bytes);
  if (fields[1] !== OWNER) throw malformed('unknown kind of announcement');
  const partition = fields[2];
  const epoch = fields[3];
  const worker = readText(fields, 4, 'worker');
  if (typeof partition !== 'number' || !isPartitionId(partition)) throw malformed('partition');
  if (typeof epoch !== 'number' || !isEpoch(epoch)) throw malformed('epoch');
  if (!isWorkerId(worker)) throw malformed('worker');
  return { partition, epoch, worker };
}
