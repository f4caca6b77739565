/** Public face of `@voltlane/bus`. */
export { BUS_ERROR_CODES, BusError, type BusErrorCode, isBusError, type OnHandlerError } from './errors.ts';
export { EVENT_JOURNAL_NAME, type EventJournalSettings, eventJournalOptions } from './event-journal.ts';
export { createMemoryBus, type MemoryBroker, type MemoryBusOptions } from './memory/broker.ts';
export type { DeliveryFate, Link, MemoryFaults, StoreFate, StoreOperation } from './memory/faults.ts';
export { connectNats } from './nats/bus.ts';
export type { NatsLogEvent, NatsOptions, NatsTlsOptions } from './nats/options.ts';
export {
  openStreamArchive,
  type SavedStream,
  type StreamArchive,
  type StreamContents,
} from './nats/stream-archive.ts';
export { Numbered } from './numbered.ts';
export type {
  AppendResult,
  Bus,
  BusMessage,
  BusStatus,
  Journal,
  JournalOptions,
  JournalRecord,
  JournalTail,
  KeyValue,
  KvChange,
  KvEntry,
  KvOptions,
  Messaging,
  RecordResult,
  StoredRecord,
  Subscription,
} from './ports.ts';
export type { BusStats } from './stats.ts';
export { covers } from './subject.ts';
