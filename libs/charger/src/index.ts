/** The charger's side of OCPP: connect, boot, charge, answer, misbehave on demand. */

export { type Charger, type ChargerOptions, createCharger, runChargingSession } from './charger.ts';
export { backOffBaseMs, type ReconnectPolicy } from './connection.ts';
export { asChargerError, ChargerError, type ChargerErrorCode, type ChargerErrorDetails } from './errors.ts';
export { type ChargerEvent, createEventList, type EventSink, type UntimedEvent } from './events.ts';
export { DEFAULT_HARDWARE, type Hardware } from './hardware.ts';
export type { ChargerLink, Connect, LinkEvents, LinkTarget, LinkTls } from './link.ts';
export { createMemoryConnect, type MemoryAccept } from './memory-link.ts';
export { createMemoryStore, type MessageStore, type StoredMessage } from './message-store.ts';
export {
  answersLate,
  answersTwice,
  deaf,
  duplicatesCalls,
  flap,
  goHalfOpen,
  neverAnswers,
  numericIds,
  pipelineCalls,
  sendHugeFrame,
  sendInt64TransactionId,
  sendRaw,
} from './misbehave.ts';
export type { RegistrationStatus } from './registration.ts';
export {
  type CallOptions,
  createRpcCounters,
  type FrameTap,
  type Reply,
  Rpc,
  type RpcCounters,
  type RpcDeps,
} from './rpc.ts';
export { createFasterClock } from './session-clock.ts';
export type { SessionMessage, SessionOptions, SessionRecord } from './session-record.ts';
export type { ConnectorStatus, IdToken, StopReason } from './unit.ts';
export { connectWebSocket, linkUrl } from './ws-link.ts';
