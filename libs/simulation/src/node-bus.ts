/**
 * The bus as one node has it: the real memory bus behind the node's gate. Tells the world what passes, and is where a mutation
 * takes a protection away. Changes nothing itself.
 */
import type { Bus, BusMessage, Journal, KeyValue, StoredRecord, Subscription } from '@voltlane/bus';
import type { Clock } from '@voltlane/time';
import type { Gate } from './gate.ts';
import type { Mutation } from './mutation.ts';

/** What the world is told and asked. */
export interface NodeBusPorts {
  readonly node: string;
  readonly bus: Bus;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly mutation: Mutation | undefined;
  /** A message reached the node; runs `handle` and what it wants to do around it. */
  readonly delivered: (message: BusMessage, handle: (message: BusMessage) => void) => void;
  /** The node says something. */
  readonly publishes: (subject: string, data: Uint8Array) => void;
  /** It appends, fenced. */
  readonly appends: (subject: string) => void;
  /** Times a publish leaves. */
  readonly copies: () => number;
  /** How long the acknowledgement of a write that is done takes to come back. */
  readonly ackDelayMs: () => number;
  /** Header values that say who appended. */
  readonly mark: (subject: string) => Readonly<Record<string, string>>;
  /** A key-value write of this node leaves. */
  readonly writes: (bucket: string, value: Uint8Array) => void;
}

/** The bus of a node. */
export function nodeBus(ports: NodeBusPorts): Bus {
  const { bus, gate, mutation, node } = ports;
  return {
    kind: bus.kind,
    payloadBytesMax: bus.payloadBytesMax,
    status: () => bus.status(),
    onStatus: (listener) =>
      bus.onStatus((status) => {
        gate.run(() => listener(status));
      }),
    publish(subject, data, reply): void {
      ports.publishes(subject, data);
      const sent = mutation?.published === undefined ? data : mutation.published({ node, subject, data });
      if (sent === undefined) return;
      for (let copy = ports.copies(); copy > 0; copy -= 1) bus.publish(subject, sent, reply);
    },
    subscribe: (subject, handler, queue) => subscribe(ports, subject, handler, queue),
    request: (subject, data, timeoutMs) => gate.hold(bus.request(subject, data, timeoutMs)),
    keyValue: async (options) => gatedKeyValue(ports, options.bucket, await gate.hold(bus.keyValue(options))),
    journal: async (options) => {
      const journal = gatedJournal(ports, await gate.hold(bus.journal(options)));
      return mutation?.journal?.(journal, { node, clock: ports.clock }) ?? journal;
    },
    flush: () => gate.hold(bus.flush()),
    close: () => gate.hold(bus.close()),
    stats: () => bus.stats(),
  };
}

function subscribe(
  ports: NodeBusPorts,
  subject: string,
  handler: (message: BusMessage) => void,
  queue: string | undefined,
): Subscription {
  const { gate } = ports;
  let open = true;
  const inner = ports.bus.subscribe(
    subject,
    (message) => {
      gate.run(() => {
        if (open) ports.delivered(message, handler);
      });
    },
    queue,
  );
  return {
    unsubscribe(): void {
      open = false;
      inner.unsubscribe();
    },
  };
}

function gatedKeyValue({ gate, writes, mutation, node }: NodeBusPorts, bucket: string, inner: KeyValue): KeyValue {
  const gated: KeyValue = {
    ...inner,
    get: (key) => gate.hold(inner.get(key)),
    put: (key, value) => {
      writes(bucket, value);
      return gate.hold(inner.put(key, value));
    },
    update: (key, value, expectedRevision) => {
      writes(bucket, value);
      return gate.hold(inner.update(key, value, expectedRevision));
    },
    delete: (key) => gate.hold(inner.delete(key)),
    drop: (key, revision) => gate.hold(inner.drop(key, revision)),
    keys: (filter) => gate.hold(inner.keys(filter)),
    watch: (filter, onChange, onReady) => {
      const change: typeof onChange = (seen) => {
        gate.run(() => onChange(seen));
      };
      const ready = (): void => {
        if (onReady !== undefined) gate.run(onReady);
      };
      return gate.hold(inner.watch(filter, change, ready));
    },
  };
  return mutation?.keyValue?.(gated, { node, bucket }) ?? gated;
}

function gatedJournal(ports: NodeBusPorts, inner: Journal): Journal {
  const { gate, clock, mark } = ports;
  const late = async <T>(write: Promise<T>): Promise<T> => {
    const result = await write;
    const delayMs = ports.ackDelayMs();
    if (delayMs > 0) await new Promise<void>((resolve) => void clock.after(delayMs, resolve));
    return result;
  };
  return {
    ...inner,
    append: (subject, record, expectedSequence) => {
      ports.appends(subject);
      const marked = { ...record, headers: { ...record.headers, ...mark(subject) } };
      return gate.hold(late(inner.append(subject, marked, expectedSequence)));
    },
    record: (subject, record, id) =>
      gate.hold(late(inner.record(subject, { ...record, headers: { ...record.headers, ...mark(subject) } }, id))),
    readLast: (subject) => gate.hold(inner.readLast(subject)),
    lastSequence: () => gate.hold(inner.lastSequence()),
    completeFrom: () => gate.hold(inner.completeFrom()),
    consume: (filter, fromSequence, onRecord, onCaughtUp) =>
      gate.hold(inner.consume(filter, fromSequence, gated(gate, onRecord), onCaughtUp && (() => gate.run(onCaughtUp)))),
    consumeNewest: (filter, onRecord, onReady) =>
      gate.hold(inner.consumeNewest(filter, gated(gate, onRecord), () => gate.run(onReady))),
  };
}

/** A reader that runs while its node does. */
function gated(
  gate: Gate,
  onRecord: (record: StoredRecord) => void | Promise<void>,
): (record: StoredRecord) => Promise<void> {
  return (record) =>
    new Promise((resolve, reject) => {
      gate.run(() => {
        Promise.resolve(onRecord(record)).then(resolve, reject);
      });
    });
}
