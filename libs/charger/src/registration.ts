/**
 * Owns whether the CSMS has accepted this charger, and the heartbeat that follows (OCPP 1.6 §4.2, 2.x B01–B03).
 *
 * Invariants:
 * 1. After power-on nothing but BootNotification is sent until it is accepted.
 * 2. A reconnect without reboot sends no BootNotification (Part 4 §5.4).
 * 3. A Heartbeat is sent only when nothing else was sent for the whole interval.
 */
import type { JsonObject } from '@voltlane/ocpp';
import { type CancelTimer, type Clock, parseIsoTime } from '@voltlane/time';
import { ownError } from './errors.ts';
import type { UntimedEvent } from './events.ts';
import { numberField, textField } from './json-fields.ts';
import type { OutMessage } from './unit.ts';

/** Registration state: the last answer to BootNotification; `none` after power-on. */
export type RegistrationStatus = 'none' | 'Accepted' | 'Pending' | 'Rejected';

/** Wait before the next BootNotification when the CSMS leaves it to us or does not answer. */
const BOOT_RETRY_MS = 30_000;
/** Heartbeat interval when neither the CSMS nor the settings give one. */
const HEARTBEAT_MS = 86_400_000;

/** What registration needs from its owner. */
export interface RegistrationDeps {
  readonly clock: Clock;
  /** Sends a CALL; rejects when the link is away. */
  call(action: string, payload: object): Promise<JsonObject>;
  bootNotification(): OutMessage;
  /** Monotonic time at which anything was sent last. */
  lastSentMs(): number;
  /** Interval that the settings hold, milliseconds; 0 when they hold none. */
  heartbeatIntervalMs(): number;
  /** The CSMS gave an interval, whole seconds > 0. */
  onHeartbeatInterval(seconds: number): void;
  /** The CSMS told its time, milliseconds since 1970. */
  onTime(csmsNowMs: number): void;
  /** Accepted on a live link; `booted` is false after a mere reconnect. */
  onReady(booted: boolean): void;
  note(event: UntimedEvent): void;
}

/** Boot and heartbeat of one charger. */
export class Registration {
  readonly #deps: RegistrationDeps;
  #status: RegistrationStatus = 'none';
  #linkUp = false;
  #booting = false;
  #cancelTimer: CancelTimer | undefined;

  constructor(deps: RegistrationDeps) {
    this.#deps = deps;
  }

  /** The last answer to BootNotification. */
  get status(): RegistrationStatus {
    return this.#status;
  }

  /** True while other messages than BootNotification may be sent. */
  get ready(): boolean {
    return this.#linkUp && this.#status === 'Accepted';
  }

  /** Power-on or reboot: forget the acceptance. `presume` plays chargers that never boot. */
  powerOn(presume: boolean): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#status = presume ? 'Accepted' : 'none';
  }

  /** The link opened. */
  onLinkUp(): void {
    this.#linkUp = true;
    if (this.#status !== 'Accepted') {
      void this.boot();
      return;
    }
    this.#scheduleHeartbeat();
    this.#deps.onReady(false);
  }

  /** The link ended. */
  onLinkDown(): void {
    this.#linkUp = false;
    this.#booting = false;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** The heartbeat interval changed. */
  reschedule(): void {
    if (this.ready) this.#scheduleHeartbeat();
  }

  /** Sends a BootNotification and obeys the answer. */
  async boot(): Promise<void> {
    if (this.#booting || !this.#linkUp) return;
    this.#booting = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const { action, payload } = this.#deps.bootNotification();
    try {
      const answer = await this.#deps.call(action, payload);
      this.#booting = false;
      this.#obey(answer);
    } catch (thrown) {
      this.#booting = false;
      const error = ownError(thrown);
      if (error.code === 'link-lost' || error.code === 'stopped') return;
      this.#deps.note({ kind: 'boot-failed', message: error.message, retryInMs: BOOT_RETRY_MS });
      this.#bootAfter(BOOT_RETRY_MS);
    }
  }

  #obey(answer: JsonObject): void {
    const status = textField(answer, 'status');
    const intervalS = numberField(answer, 'interval') ?? 0;
    this.#deps.note({ kind: 'booted', status: status ?? '', intervalS });
    const csmsNowMs = parseIsoTime(textField(answer, 'currentTime') ?? '');
    if (csmsNowMs !== undefined) this.#deps.onTime(csmsNowMs);
    if (status !== 'Accepted') {
      this.#status = status === 'Pending' ? 'Pending' : 'Rejected';
      this.#bootAfter(intervalS > 0 ? intervalS * 1000 : BOOT_RETRY_MS);
      return;
    }
    this.#status = 'Accepted';
    if (intervalS > 0) this.#deps.onHeartbeatInterval(intervalS);
    this.#scheduleHeartbeat();
    this.#deps.onReady(true);
  }

  #bootAfter(delayMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#deps.clock.after(delayMs, () => {
      void this.boot();
    });
  }

  #scheduleHeartbeat(): void {
    this.#cancelTimer?.();
    const intervalMs = this.#deps.heartbeatIntervalMs() || HEARTBEAT_MS;
    const quietMs = this.#deps.clock.monotonicMs() - this.#deps.lastSentMs();
    this.#cancelTimer = this.#deps.clock.after(Math.max(1, intervalMs - quietMs), () => {
      void this.#beat(intervalMs);
    });
  }

  async #beat(intervalMs: number): Promise<void> {
    if (this.#deps.clock.monotonicMs() - this.#deps.lastSentMs() >= intervalMs) {
      try {
        const answer = await this.#deps.call('Heartbeat', {});
        const csmsNowMs = parseIsoTime(textField(answer, 'currentTime') ?? '');
        if (csmsNowMs !== undefined) this.#deps.onTime(csmsNowMs);
      } catch (thrown) {
        // Counted by the RPC layer; the next interval tries again.
        ownError(thrown);
      }
    }
    if (this.ready) this.#scheduleHeartbeat();
  }
}
