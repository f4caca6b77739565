/**
 * Owns the inner state of one charger and wires its parts: connection, RPC, registration, queue, connectors.
 * It must never build a payload itself: that is the dialect's.
 */
import type { JsonObject, OcppVersion } from '@voltlane/ocpp';
import { type Clock, type Random, sleep } from '@voltlane/time';
import { Certificates } from './certificates.ts';
import { Connection, type ReconnectPolicy } from './connection.ts';
import { newConnector } from './connector.ts';
import type { BootReason, Dialect } from './dialect.ts';
import { ChargerError } from './errors.ts';
import type { EventSink, UntimedEvent } from './events.ts';
import type { Hardware } from './hardware.ts';
import type { Connect, LinkTarget } from './link.ts';
import { LocalList } from './local-list.ts';
import type { MessageStore } from './message-store.ts';
import { type Reading, readMeter } from './metering.ts';
import { reboot } from './reboot.ts';
import { Registration, type RegistrationStatus } from './registration.ts';
import { type CallOptions, createRpcCounters, type FrameTap, type Reply, Rpc, type RpcCounters } from './rpc.ts';
import { runSession } from './session.ts';
import type { SessionOptions, SessionRecord } from './session-record.ts';
import { Settings, type WriteOutcome } from './settings.ts';
import { ProfileShelf } from './smart-charging.ts';
import { type Delivery, TransactionQueue } from './transaction-queue.ts';
import type { Connector, ConnectorStatus, OutMessage, RemoteStart, StopReason, Transaction, Unit } from './unit.ts';

/** Everything that a unit needs, with no defaults left to fill. */
export interface UnitOptions {
  readonly id: string;
  readonly dialect: Dialect;
  readonly target: LinkTarget;
  readonly connect: Connect;
  readonly clock: Clock;
  readonly sessionClock: Clock;
  readonly random: Random;
  readonly hardware: Hardware;
  readonly reconnect: ReconnectPolicy;
  readonly settings: Readonly<Record<string, string>>;
  readonly store: MessageStore;
  readonly retryMessageId: 'same' | 'new';
  readonly strictSending: boolean;
  /** Behave as if accepted long ago: no BootNotification, ever. */
  readonly skipBoot: boolean;
  readonly remoteSession: Pick<SessionOptions, 'durationMs' | 'sampleIntervalMs'>;
  readonly log: EventSink | undefined;
}

/** Down time of a reboot. */
const REBOOT_MS = 1000;
/** Clock differences below this are transport delay, not a wrong clock. */
const CLOCK_TOLERANCE_MS = 2000;

/** One charger. */
export class ChargerUnit implements Unit {
  readonly id: string;
  readonly version: OcppVersion;
  readonly dialect: Dialect;
  readonly hardware: Hardware;
  readonly clock: Clock;
  readonly sessionClock: Clock;
  readonly random: Random;
  readonly connectors: readonly Connector[];
  readonly settings: Settings;
  readonly profiles: ProfileShelf = new ProfileShelf();
  readonly localList: LocalList = new LocalList();
  readonly certificates: Certificates = new Certificates();
  readonly counters: RpcCounters = createRpcCounters();
  readonly connection: Connection;
  readonly transactions: TransactionQueue;
  tap: FrameTap | undefined;
  readonly #options: UnitOptions;
  readonly #registration: Registration;
  #rpc: Rpc | undefined;
  #target: LinkTarget;
  #lastSentMs = 0;
  #clockOffsetMs = 0;
  #bootReason: BootReason = 'PowerUp';
  #whenReady: (() => void)[] = [];

  constructor(options: UnitOptions) {
    const { dialect, hardware, clock, random, sessionClock } = options;
    this.#options = options;
    this.#target = options.target;
    this.id = options.id;
    this.dialect = dialect;
    this.version = dialect.version;
    this.hardware = hardware;
    this.clock = clock;
    this.sessionClock = sessionClock;
    this.random = random;
    this.settings = new Settings(dialect.settings, {
      ...dialect.ownSettings(hardware, options.id),
      ...options.settings,
    });
    this.connectors = Array.from({ length: hardware.evses }, (_, index) =>
      newConnector(index + 1, random, sessionClock.monotonicMs()),
    );
    this.connection = new Connection({
      connect: options.connect,
      clock,
      random,
      target: () => this.#target,
      policy: () => this.#reconnectPolicy(),
      onUp: (link) => {
        this.#rpc = this.#createRpc(link.send.bind(link));
        this.#registration.onLinkUp();
      },
      onText: (text) => {
        this.#rpc?.receive(text);
      },
      onDown: (error) => {
        this.#rpc?.close(error);
        this.#rpc = undefined;
        this.#registration.onLinkDown();
      },
      note: this.note.bind(this),
    });
    this.#registration = new Registration({
      clock,
      call: (action, payload) => this.#rpcCall(action, payload, {}),
      bootNotification: () => dialect.bootNotification(hardware, this.#bootReason),
      lastSentMs: () => this.#lastSentMs,
      heartbeatIntervalMs: () => this.settings.number(dialect.tunables.heartbeatIntervalS, 0) * 1000,
      onHeartbeatInterval: (seconds) => {
        this.settings.put(dialect.tunables.heartbeatIntervalS, String(seconds));
      },
      onTime: (csmsNowMs) => {
        this.#synchronise(csmsNowMs);
      },
      onReady: (booted) => {
        this.#onReady(booted);
      },
      note: this.note.bind(this),
    });
    this.transactions = new TransactionQueue({
      clock,
      store: options.store,
      retryMessageId: options.retryMessageId,
      ready: () => this.ready(),
      deliver: (action, payload, callOptions) => this.#rpcCall(action, payload, callOptions),
      attemptsMax: () => this.settings.number(dialect.tunables.attempts, 3),
      retryIntervalMs: () => this.settings.number(dialect.tunables.retryIntervalS, 60) * 1000,
      onAnswer: (message, answer) => {
        const { transactionId, idTokenStatus } = dialect.readTransactionAnswer(message.action, answer);
        if (transactionId === undefined) return;
        this.transactions.adoptTransactionId(message.transaction, transactionId);
        this.#adopt(message.transaction, transactionId, idTokenStatus ?? '');
      },
      note: this.note.bind(this),
    });
  }

  /** Power on: connect and boot. */
  start(): void {
    this.transactions.resume();
    this.#registration.powerOn(this.#options.skipBoot);
    this.connection.start();
  }

  /** Power off. What was not delivered stays in the store. */
  stop(): void {
    this.transactions.stop();
    this.connection.stop(1000, 'charger stopped');
  }

  /** Resolves when the charger is connected and accepted. */
  async whenReady(): Promise<void> {
    if (this.ready()) return;
    await new Promise<void>((resolve) => {
      this.#whenReady.push(resolve);
    });
  }

  /** Runs a session script. */
  async session(options: SessionOptions): Promise<SessionRecord> {
    return runSession(this, options);
  }

  /** Lets calls be pipelined. Misbehaviour only. */
  pipeline(outstandingMax: number): void {
    this.#rpc?.pipeline(outstandingMax);
  }

  nowMs(): number {
    return this.sessionClock.nowMs() + this.#clockOffsetMs;
  }

  ready(): boolean {
    return this.#registration.ready;
  }

  online(): boolean {
    return this.connection.link !== undefined;
  }

  registration(): RegistrationStatus {
    return this.#registration.status;
  }

  note(event: UntimedEvent): void {
    this.#options.log?.({ atMs: this.nowMs(), ...event });
  }

  async call(action: string, payload: object): Promise<JsonObject> {
    if (!this.ready() && this.registration() !== 'Pending') {
      throw new ChargerError('not-accepted', `${action} not sent: the CSMS has not accepted this charger`);
    }
    return this.#rpcCall(action, payload, {});
  }

  send({ action, payload }: OutMessage): void {
    if (this.ready()) this.#rpc?.send(action, payload);
  }

  queue(transaction: Transaction, messages: readonly OutMessage[]): readonly Promise<Delivery>[] {
    return messages.map(({ action, payload }) => this.transactions.push(transaction.key, action, payload));
  }

  tell(message: OutMessage): void {
    void this.#told(message);
  }

  tellInTurn(messages: readonly OutMessage[], pauseMs: number): void {
    void (async () => {
      for (const [index, message] of messages.entries()) {
        if (index > 0 && pauseMs > 0) await sleep(this.clock, pauseMs);
        await this.#told(message);
      }
    })();
  }

  setStatus(connector: Connector, status: ConnectorStatus): void {
    if (connector.status === status) return;
    connector.status = status;
    this.note({ kind: 'status', connectorId: connector.id, status });
    if (this.ready()) this.#report(connector);
  }

  reportStatus(connectorId: number | undefined): void {
    if (connectorId === undefined || connectorId === 0) {
      const station = this.dialect.stationStatus(
        this.connectors.some(({ operative }) => operative),
        this.nowMs(),
      );
      if (station !== undefined) this.tell(station);
    }
    for (const connector of this.connectors) {
      if (connectorId !== undefined && connector.id !== connectorId) continue;
      connector.reported = undefined;
      this.#report(connector);
    }
  }

  undelivered(): number {
    return this.transactions.length;
  }

  changeSetting(name: string, value: string): WriteOutcome {
    const outcome = this.settings.write(name, value);
    if (name.toLowerCase() === this.dialect.tunables.heartbeatIntervalS.toLowerCase()) this.#registration.reschedule();
    return outcome;
  }

  triggerBoot(): void {
    this.#bootReason = 'Triggered';
    void this.#registration.boot();
  }

  read(connector: Connector): Reading {
    const atMs = this.nowMs();
    const { hardware, random } = this;
    const charging = connector.transaction !== undefined && connector.status !== 'Preparing';
    const context = {
      connectorId: connector.id,
      transactionStartedMs: connector.transaction?.startedAtMs,
      phases: hardware.phases,
      voltageV: hardware.voltageV,
      maxCurrentA: hardware.maxCurrentA,
    };
    const targetA = charging ? this.profiles.limitA(context, atMs) : 0;
    return readMeter(connector.meter, this.sessionClock.monotonicMs(), { atMs, targetA, hardware, random });
  }

  stopTransaction(transaction: Transaction, reason: StopReason): void {
    if (transaction.stop !== undefined) return;
    transaction.stop = reason;
    transaction.wake.abort();
  }

  startRemote({ connectorId, idToken, remoteStartId, authorize }: RemoteStart): void {
    void runSession(this, {
      ...this.#options.remoteSession,
      connectorId,
      idToken: idToken.idToken,
      idTokenType: idToken.type,
      authorize,
      stopReason: 'EVDisconnected',
      ...(remoteStartId === undefined ? {} : { remoteStartId }),
    });
  }

  reset(reason: 'SoftReset' | 'HardReset', onlyWhenIdle: boolean): void {
    void reboot(this, { reason, onlyWhenIdle }, this.transactions, () => {
      this.#bootReason = 'RemoteReset';
      this.#registration.powerOn(this.#options.skipBoot);
      this.connection.restart(reason === 'HardReset' ? 'terminate' : 'close', REBOOT_MS);
    });
  }

  reconnect(password: string | Uint8Array | undefined): void {
    if (password !== undefined) this.#target = { ...this.#target, password };
    this.connection.restart('close', 0);
  }

  #createRpc(transmit: (text: string) => void): Rpc {
    return new Rpc({
      version: this.version,
      clock: this.clock,
      random: this.random,
      counters: this.counters,
      strictSending: this.#options.strictSending,
      transmit: (text) => {
        this.#lastSentMs = this.clock.monotonicMs();
        transmit(text);
      },
      handle: (action, payload) => this.#answer(action, payload),
      note: this.note.bind(this),
      callTimeoutMs: () => this.settings.number(this.dialect.tunables.callTimeoutS, 30) * 1000,
      tap: () => this.tap,
    });
  }

  #answer(action: string, payload: JsonObject): Reply {
    const command = this.dialect.commands.get(action);
    if (command === undefined) return { kind: 'error', code: 'NotImplemented', description: `${action} is not known` };
    return command.answer(this, payload);
  }

  async #rpcCall(action: string, payload: object, options: CallOptions): Promise<JsonObject> {
    if (this.#rpc === undefined) throw new ChargerError('link-lost', `${action} not sent: no link`);
    return this.#rpc.call(action, payload, options);
  }

  async #told({ action, payload }: OutMessage): Promise<boolean> {
    try {
      await this.call(action, payload);
      return true;
    } catch (thrown) {
      // Expected ends are counted and logged by the RPC layer; anything else is a fault in this code.
      if (!(thrown instanceof ChargerError) || thrown.code === 'invalid-request') throw thrown;
      return false;
    }
  }

  #report(connector: Connector): void {
    const shown = this.dialect.shownStatus(connector);
    if (connector.reported === shown) return;
    connector.reported = shown;
    void this.#told(this.dialect.statusNotification(connector, this.nowMs())).then((told) => {
      // Not told: the next reconnect tells it.
      if (!told) connector.reported = undefined;
    });
  }

  #onReady(booted: boolean): void {
    if (booted) this.reportStatus(undefined);
    else for (const connector of this.connectors) this.#report(connector);
    this.transactions.kick();
    const waiting = this.#whenReady;
    this.#whenReady = [];
    for (const resolve of waiting) resolve();
  }

  #synchronise(csmsNowMs: number): void {
    // A session clock that runs faster is wrong on purpose.
    if (this.sessionClock !== this.clock) return;
    if (Math.abs(csmsNowMs - this.nowMs()) > CLOCK_TOLERANCE_MS) this.#clockOffsetMs = csmsNowMs - this.clock.nowMs();
  }

  #adopt(transaction: string, transactionId: number | bigint, idTokenStatus: string): void {
    for (const connector of this.connectors) {
      if (connector.transaction?.key === transaction) connector.transaction.csmsId = transactionId;
    }
    this.note({ kind: 'transaction-id', transaction, transactionId: String(transactionId), idTokenStatus });
  }

  #reconnectPolicy(): ReconnectPolicy {
    const { backOffWaitS, backOffRangeS, backOffRepeats } = this.dialect.tunables;
    const given = this.#options.reconnect;
    return {
      waitMinimumMs: this.settings.number(backOffWaitS, given.waitMinimumMs / 1000) * 1000,
      randomRangeMs: this.settings.number(backOffRangeS, given.randomRangeMs / 1000) * 1000,
      repeatTimes: this.settings.number(backOffRepeats, given.repeatTimes),
      redialAfterCleanClose: given.redialAfterCleanClose,
    };
  }
}
