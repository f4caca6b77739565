/** What a message on the bus is, for traces and invariants: whom it is about, what it says, and whether it tells an edge to act. */
import type { BusMessage } from '@voltlane/bus';
import { decodeDownlink, decodeUplink, type Subjects } from '@voltlane/wire';
import type { DownlinkSeen } from './invariant.ts';
import { messageText } from './trace-text.ts';

/** A message of a worker to an edge; undefined for every other. */
export function downlinkSeen(subjects: Subjects, edge: string, message: BusMessage): DownlinkSeen | undefined {
  if (subjects.parseEdge(message.subject) === undefined) return undefined;
  const { partition, epoch } = decodeDownlink(message.data);
  return { edge, partition, epoch };
}

/** The charger a message is about: '' when that cannot be told, undefined when it is about none. */
export function chargerOf(
  subjects: Subjects,
  message: BusMessage,
  ofSession: ReadonlyMap<string, string>,
): string | undefined {
  if (message.noResponders) return '';
  if (subjects.parseCall(message.subject) !== undefined) return decodeUplink(message.data).chargerId;
  if (subjects.parseEdge(message.subject) !== undefined)
    return ofSession.get(decodeDownlink(message.data).sessionId) ?? '';
  return undefined;
}

/** What it says, for people. */
export function busText(subjects: Subjects, message: BusMessage): string {
  if (message.noResponders) return '';
  if (subjects.parseCall(message.subject) !== undefined) return messageText(decodeUplink(message.data));
  if (subjects.parseEdge(message.subject) !== undefined) return messageText(decodeDownlink(message.data));
  return '';
}
