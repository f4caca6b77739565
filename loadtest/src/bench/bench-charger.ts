/**
 * Lean chargers for measuring: one CALL outstanding each, the answer only looked at for its message type. They boot like any other,
 * then send what the schedule says, and answer commands when they are told how. Their sockets are the generator's, because with `ws` as client
 * the bench took more CPU than the edge it measured.
 */
import { type ConnectionEvents, Connections, type SocketColumns } from '../generator/connections.ts';
import { parseTarget } from '../generator/handshake.ts';

/** A connected and booted charger that can send one CALL at a time. */
export interface BenchCharger {
  readonly id: string;
  /** True while no CALL is outstanding. */
  idle(): boolean;
  /** Sends a CALL; `done` is told whether the answer was a CALLRESULT. */
  call(action: string, payload: string, done: (ok: boolean) => void): void;
  close(): void;
}

/** Answers a command: `reply` sends the payload of a CALLRESULT, at once or later. */
export type OnCommand = (action: string, reply: (payload: string) => void) => void;

/** A CALL of the broker: its message ids need no escapes. */
const CALL = /^\[2,"([^"]+)","([^"]+)"/;
const BOOT = '{"chargePointVendor":"Voltlane","chargePointModel":"Bench"}';
/** Chargers that connect and boot at a time. */
const IN_PARALLEL = 50;

/** Connects and boots `count` chargers, a few at a time; rejects with what went wrong with the first that could not. */
export async function connectFleet(
  url: string,
  count: number,
  onCommand?: OnCommand,
): Promise<readonly BenchCharger[]> {
  const fleet = new BenchFleet(url, count, onCommand);
  for (let from = 0; from < count; from += IN_PARALLEL) {
    await Promise.all(fleet.chargers.slice(from, from + IN_PARALLEL).map((charger) => charger.connect()));
  }
  return fleet.chargers;
}

/** The chargers of one bench and their sockets. */
class BenchFleet implements ConnectionEvents {
  readonly chargers: readonly FleetCharger[];

  constructor(url: string, count: number, onCommand: OnCommand | undefined) {
    const columns: SocketColumns = {
      size: count,
      sockets: Array.from({ length: count }, () => undefined),
      link: new Uint8Array(count),
    };
    const target = parseTarget(url);
    const connections = new Connections(columns, this);
    this.chargers = Array.from({ length: count }, (_, row) => {
      const id = `BENCH-${row}`;
      const dial = (): void => {
        connections.dial(row, { target, source: undefined, identity: id, subprotocol: 'ocpp1.6' }, performance.now());
      };
      return new FleetCharger(id, row, connections, dial, onCommand);
    });
  }

  opened(row: number): void {
    this.chargers[row]?.opened();
  }

  text(row: number, text: string): void {
    this.chargers[row]?.text(text);
  }

  closed(row: number, code: number): void {
    this.chargers[row]?.gone(`was closed with ${code}`);
  }

  refused(row: number, status: number): void {
    this.chargers[row]?.gone(`was refused with ${status}`);
  }

  failed(row: number, why: string): void {
    this.chargers[row]?.gone(`did not get through: ${why}`);
  }

  broken(): void {
    // `closed` follows.
  }
}

class FleetCharger implements BenchCharger {
  readonly id: string;
  readonly #row: number;
  readonly #connections: Connections;
  readonly #dial: () => void;
  readonly #onCommand: OnCommand | undefined;
  #booting: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
  #waiting: ((ok: boolean) => void) | undefined;
  #count = 0;

  constructor(id: string, row: number, connections: Connections, dial: () => void, onCommand: OnCommand | undefined) {
    this.id = id;
    this.#row = row;
    this.#connections = connections;
    this.#dial = dial;
    this.#onCommand = onCommand;
  }

  /** Resolves when the broker has accepted its boot. */
  connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#booting = { resolve, reject };
      this.#dial();
    });
  }

  idle(): boolean {
    return this.#waiting === undefined;
  }

  call(action: string, payload: string, done: (ok: boolean) => void): void {
    this.#count += 1;
    this.#waiting = done;
    this.#connections.send(this.#row, `[2,"${this.#count}","${action}",${payload}]`);
  }

  close(): void {
    this.#connections.end(this.#row);
  }

  opened(): void {
    this.call('BootNotification', BOOT, (ok) => {
      if (ok) this.#booting?.resolve();
      else this.gone('was refused at boot');
    });
  }

  text(text: string): void {
    const command = this.#onCommand === undefined ? null : CALL.exec(text);
    if (command !== null) {
      const [, messageId = '', action = ''] = command;
      this.#onCommand?.(action, (payload) => this.#connections.send(this.#row, `[3,"${messageId}",${payload}]`));
      return;
    }
    this.#answered(text.startsWith('[3,'));
  }

  /** Nothing more comes of it. */
  gone(how: string): void {
    this.#booting?.reject(new Error(`${this.id} ${how}`));
    this.#answered(false);
  }

  #answered(ok: boolean): void {
    const done = this.#waiting;
    this.#waiting = undefined;
    done?.(ok);
  }
}
