/** Public face of `@voltlane/testkit`. For tests only. */
export { type AcknowledgedMessage, checkAcknowledged } from './acknowledged-check.ts';
export {
  BYTES_CASES,
  type BytesCase,
  FRAME_CASES,
  type FrameCase,
  HANDSHAKE_CASES,
  type HandshakeCase,
} from './bad-input-cases.ts';
export { type BrokerPorts, freeBrokerPorts } from './broker-ports.ts';
export { debianBinary, natsServerBinary } from './debian-binary.ts';
export { freePort } from './free-port.ts';
export { type BelievedMessage, type BelievedSession, checkHistory } from './history-check.ts';
export { eventsByCharger, type HistoryEvent, type HistoryRecord, readHistory } from './journal-history.ts';
export { type MachineFacts, machineFacts } from './machine-facts.ts';
export { type NatsCluster, startNatsCluster } from './nats-cluster.ts';
export { type NatsServer, type NatsServerOptions, startNatsServer } from './nats-server.ts';
export { type Command, niced } from './niced.ts';
export { handshake, type RawPeer, rawPeer, wsFrame } from './raw-peer.ts';
export { type BadPayload, loadSamplePayloads, type SamplePayloads } from './sample-payloads.ts';
export { createServiceNode, type ServiceNode, type ServiceNodeOptions } from './service-node.ts';
export {
  EDGE_FLAGS,
  NODE_FLAGS,
  nodeFlags,
  type ProcessExit,
  type ServiceName,
  type ServiceProcess,
  type ServiceProcessOptions,
  startService,
  WORKER_FLAGS,
} from './service-process.ts';
export { hasTimerSlack, withTimerSlack } from './timer-slack.ts';
export { WaitError, type WaitOptions, waitUntil } from './wait-until.ts';
