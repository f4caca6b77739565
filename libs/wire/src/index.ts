/** Public face of `@voltlane/wire`. */
export { decodeOwner, encodeOwner } from './announcement-codec.ts';
export { decodeCommandAsk, encodeCommandAsk } from './command-codec.ts';
export { decodeDownlink, encodeDownlink } from './downlink-codec.ts';
export {
  type CommandAsk,
  type CommandCancel,
  type CommandStatusAsk,
  type CommandSubmit,
  type Downlink,
  type DownlinkCall,
  type DownlinkClose,
  type DownlinkHeader,
  type DownlinkReply,
  ENVELOPE_VERSION,
  type ListedSession,
  type OwnerAnnouncement,
  type SessionClosed,
  type SessionHeader,
  type SessionOpened,
  type SessionsPage,
  type SessionsQuestion,
  type Uplink,
  type UplinkAnswer,
  type UplinkCall,
  type Violation,
  type WireOcppVersion,
} from './envelope.ts';
export { WIRE_ERROR_CODES, WireError, type WireErrorCode } from './errors.ts';
export {
  EVENT_KINDS,
  EVENT_RECORD_VERSION,
  type EventBody,
  type EventKind,
  type EventRecord,
  type EventSource,
} from './event.ts';
export { decodeEventRecord, type EventRecordDraft, type EventSourceDraft, encodeEventRecord } from './event-codec.ts';
export { parseEventJson, stringifyEventJson } from './event-json.ts';
export { flatText } from './flat-text.ts';
export { fingerprint } from './hash.ts';
export {
  CHARGER_ID_BYTES_MAX,
  type ChargerAddress,
  type ChargerId,
  chargerId,
  type EdgeId,
  type Epoch,
  edgeId,
  epoch,
  foldCase,
  IDENTIFIER_STRING_CHARS_MAX,
  isChargerId,
  isEdgeId,
  isEpoch,
  isIdentifierString,
  isPartitionId,
  isSessionId,
  isTenant,
  isTraceId,
  isWorkerId,
  type OcppFamily,
  PARTITIONS_MAX,
  type PartitionId,
  parseChargerId,
  partitionId,
  type SessionId,
  sessionId,
  type Tenant,
  type TraceId,
  tenant,
  traceId,
  type WorkerId,
  workerId,
} from './identity.ts';
export { type ChargerSeen, decodeLastSeen, encodeLastSeen, type LastSeenPage } from './last-seen-codec.ts';
export { partitionOf } from './partition.ts';
export { printableJson, printableText } from './printable-json.ts';
export {
  decodeSessionsPage,
  decodeSessionsQuestion,
  encodeSessionsPage,
  encodeSessionsQuestion,
} from './sessions-codec.ts';
export {
  decodeStateElement,
  decodeStateHeader,
  encodeStateHeader,
  isCurrentStateHeader,
  type StoredValue,
} from './state-header.ts';
export {
  type CommandSubject,
  createSubjects,
  type EdgeSubject,
  type EventClass,
  type EventSelection,
  type EventSubject,
  type Subjects,
} from './subjects.ts';
export { decodeToken, encodeToken, parseToken } from './token.ts';
export type { TraceAsk, TraceEvent, TraceReport } from './trace.ts';
export { decodeTraceAsk, decodeTraceReport, encodeTraceAsk, encodeTraceReport } from './trace-codec.ts';
export { formatTraceparent, parseTraceparent, type TraceContext } from './traceparent.ts';
export { decodeUplink, encodeUplink } from './uplink-codec.ts';
