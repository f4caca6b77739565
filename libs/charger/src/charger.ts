/** Owns the public face of a virtual charger: options with defaults in, a small set of verbs out. Holds no logic of its own. */
import { type JsonObject, type OcppVersion, SUBPROTOCOLS } from '@voltlane/ocpp';
import type { Clock, Random } from '@voltlane/time';
import { ChargerUnit } from './charger-unit.ts';
import type { ReconnectPolicy } from './connection.ts';
import type { Dialect } from './dialect.ts';
import type { EventSink } from './events.ts';
import { DEFAULT_HARDWARE, type Hardware } from './hardware.ts';
import type { ChargerLink, Connect, LinkTarget, LinkTls } from './link.ts';
import { createMemoryStore, type MessageStore } from './message-store.ts';
import type { RegistrationStatus } from './registration.ts';
import type { FrameTap, RpcCounters } from './rpc.ts';
import type { SessionOptions, SessionRecord } from './session-record.ts';
import type { ConnectorStatus } from './unit.ts';
import { DIALECT_21, DIALECT_201 } from './v2/dialect.ts';
import { DIALECT_16 } from './v16/dialect.ts';
import { connectWebSocket } from './ws-link.ts';

/** How to build a charger. Only the first five are needed. */
export interface ChargerOptions {
  readonly id: string;
  readonly version: OcppVersion;
  /** Endpoint without the identity, for instance `ws://127.0.0.1:9000/ocpp`. */
  readonly url: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Opens links. Default: WebSocket. */
  readonly connect?: Connect;
  /** Basic password; bytes for 1.6 keys. Default: no Authorization header. */
  readonly password?: string | Uint8Array;
  readonly tls?: LinkTls;
  /** Clock of sessions and metering. Default `clock`; a faster one shortens sessions but not timeouts. */
  readonly sessionClock?: Clock;
  readonly hardware?: Partial<Hardware>;
  readonly reconnect?: Partial<ReconnectPolicy>;
  /** Configuration keys (1.6) or variables (2.x) that differ from the factory values. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where undelivered transaction messages live. Default: memory. */
  readonly store?: MessageStore;
  /** Id of a retried transaction message. Default `new`. */
  readonly retryMessageId?: 'same' | 'new';
  /** Check everything that we send against its schema and fail loudly; for tests. Default false. */
  readonly strictSending?: boolean;
  /** Length of a session that the CSMS starts and nobody stops. Default 10 min, sampled every minute. */
  readonly remoteSession?: Pick<SessionOptions, 'durationMs' | 'sampleIntervalMs'>;
  /** Subprotocols to offer. Default: the version's. */
  readonly subprotocols?: readonly string[];
  /** Answer pings. Default true. */
  readonly pong?: boolean;
  /** Offer permessage-deflate. Default false. */
  readonly deflate?: boolean;
  /** Never send a BootNotification, not even the first. Default false. */
  readonly skipBoot?: boolean;
  readonly handshakeTimeoutMs?: number;
  /** Hears everything that happens. */
  readonly log?: EventSink;
}

/** One virtual charger. */
export interface Charger {
  readonly id: string;
  readonly version: OcppVersion;
  /** RPC counters since creation. */
  readonly counters: Readonly<RpcCounters>;
  /** Power on. Resolves when the CSMS has accepted the charger; keeps trying until then. */
  start(): Promise<void>;
  /** Power off: closes the link with 1000. Undelivered transaction messages stay in the store. */
  stop(): void;
  /** Resolves when connected and accepted, at once if it is so now. */
  ready(): Promise<void>;
  /** True while the link is open. */
  online(): boolean;
  /** Last answer to BootNotification. */
  registration(): RegistrationStatus;
  /** Status of a connector or EVSE in the words of 1.6. */
  connectorStatus(connectorId: number): ConnectorStatus | undefined;
  /** Transaction messages that the CSMS has not answered yet. */
  undelivered(): number;
  /** Resolves when every transaction message was answered or discarded. */
  delivered(): Promise<void>;
  /** Sends a CALL and returns the payload of its answer; rejects with a `ChargerError`. */
  call(action: string, payload: object): Promise<JsonObject>;
  /** Sends a SEND (2.1). */
  send(action: string, payload: object): void;
  /** Runs a charging session; see `runChargingSession`. */
  session(options: SessionOptions): Promise<SessionRecord>;
  /** Loses the link and dials again after `redialMs`, without booting. */
  dropLink(how: 'close' | 'terminate', redialMs: number): void;
  /** Power-cycles: ends transactions, drops the link, boots again. */
  reboot(how: 'SoftReset' | 'HardReset'): void;
  /** The open link, for chargers that misbehave on it. */
  link(): ChargerLink | undefined;
  /** Puts a hook between RPC and link, or removes it; see misbehave.ts. */
  setTap(tap: FrameTap | undefined): void;
  /** How many CALLs may be outstanding on the present link; more than 1 is misbehaviour. */
  pipeline(outstandingMax: number): void;
}

const DIALECTS: Readonly<Record<OcppVersion, Dialect>> = { '1.6': DIALECT_16, '2.0.1': DIALECT_201, '2.1': DIALECT_21 };

/** Waits that suit a network on one machine; real chargers wait longer. */
const DEFAULT_RECONNECT: ReconnectPolicy = {
  waitMinimumMs: 1000,
  randomRangeMs: 1000,
  repeatTimes: 5,
  redialAfterCleanClose: true,
};

/** Builds a charger; it does nothing until `start`. */
export function createCharger(options: ChargerOptions): Charger {
  const dialect = DIALECTS[options.version];
  const reconnect: ReconnectPolicy = { ...DEFAULT_RECONNECT, ...options.reconnect };
  const unit = new ChargerUnit({
    id: options.id,
    dialect,
    target: linkTarget(options),
    connect: options.connect ?? connectWebSocket,
    clock: options.clock,
    sessionClock: options.sessionClock ?? options.clock,
    random: options.random,
    hardware: { ...DEFAULT_HARDWARE, ...options.hardware },
    reconnect,
    settings: { ...backOffSettings(dialect, reconnect), ...options.settings },
    store: options.store ?? createMemoryStore(),
    retryMessageId: options.retryMessageId ?? 'new',
    strictSending: options.strictSending ?? false,
    skipBoot: options.skipBoot ?? false,
    remoteSession: options.remoteSession ?? { durationMs: 600_000, sampleIntervalMs: 60_000 },
    log: options.log,
  });
  return faceOf(unit);
}

/** Runs a charging session on a connector and returns what the charger believes happened. */
export async function runChargingSession(charger: Charger, options: SessionOptions): Promise<SessionRecord> {
  return charger.session(options);
}

function faceOf(unit: ChargerUnit): Charger {
  return {
    id: unit.id,
    version: unit.version,
    counters: unit.counters,
    async start(): Promise<void> {
      unit.start();
      await unit.whenReady();
    },
    stop(): void {
      unit.stop();
    },
    ready: () => unit.whenReady(),
    online: () => unit.online(),
    registration: () => unit.registration(),
    connectorStatus: (connectorId) => unit.connectors.find(({ id }) => id === connectorId)?.status,
    undelivered: () => unit.transactions.length,
    delivered: () => unit.transactions.drained(),
    call: (action, payload) => unit.call(action, payload),
    send(action, payload): void {
      unit.send({ action, payload });
    },
    session: (session) => unit.session(session),
    dropLink(how, redialMs): void {
      unit.connection.restart(how, redialMs);
    },
    reboot(how): void {
      unit.reset(how, false);
    },
    link: () => unit.connection.link,
    setTap(tap): void {
      unit.tap = tap;
    },
    pipeline(outstandingMax): void {
      unit.pipeline(outstandingMax);
    },
  };
}

function linkTarget(options: ChargerOptions): LinkTarget {
  return {
    url: options.url,
    identity: options.id,
    subprotocols: options.subprotocols ?? [SUBPROTOCOLS[options.version]],
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    ...(options.pong === undefined ? {} : { pong: options.pong }),
    ...(options.deflate === undefined ? {} : { deflate: options.deflate }),
    ...(options.handshakeTimeoutMs === undefined ? {} : { handshakeTimeoutMs: options.handshakeTimeoutMs }),
  };
}

/** 2.x holds the reconnect policy in variables that the CSMS may change, so it starts there. */
function backOffSettings(dialect: Dialect, policy: ReconnectPolicy): Readonly<Record<string, string>> {
  const { backOffWaitS, backOffRangeS, backOffRepeats } = dialect.tunables;
  return {
    ...(backOffWaitS === undefined ? {} : { [backOffWaitS]: String(policy.waitMinimumMs / 1000) }),
    ...(backOffRangeS === undefined ? {} : { [backOffRangeS]: String(policy.randomRangeMs / 1000) }),
    ...(backOffRepeats === undefined ? {} : { [backOffRepeats]: String(policy.repeatTimes) }),
  };
}
