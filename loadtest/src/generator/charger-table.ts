/**
 * Everything a generator knows of its chargers, as columns: a charger is an index, not an object. At 16,700 chargers a process
 * this is under 2 MB where an object each with its closures took 30 MB and the garbage collector's attention.
 *
 * Owned by the generator; the files beside it read and write columns, nobody keeps a copy.
 */

import type { Socket } from 'node:net';

/** Where a charger's connection stands. */
export const LINK = { away: 0, dialing: 1, open: 2 } as const;

/** How a charger behaves towards the broker. */
export const TEMPER = { brisk: 0, slowReader: 1, mute: 2 } as const;

/** The columns; row `i` is charger `first + i` of the whole test. */
export interface ChargerTable {
  readonly first: number;
  readonly size: number;
  /** The socket; undefined while away. */
  readonly sockets: (Socket | undefined)[];
  /** One of `LINK`. */
  readonly link: Uint8Array;
  /** Index into the targets. */
  readonly target: Uint8Array;
  /** 1 when the next dial goes to another target. */
  readonly moving: Uint8Array;
  /** Dials in a row that led to nothing. */
  readonly failures: Uint8Array;
  /** One of `TEMPER`. */
  readonly temper: Uint8Array;
  /** Index into the plan's versions. */
  readonly version: Uint8Array;
  /** 1 after BootNotification was accepted; a reconnect needs none. */
  readonly booted: Uint8Array;
  /** 1 after the first answer on the present connection. */
  readonly served: Uint8Array;

  /** Number of the last call, and its message id: grows by one, never repeats. */
  readonly number: Uint32Array;
  /** Kind of the call without an answer, 0 when there is none. */
  readonly waiting: Uint8Array;
  /** When that call was to be sent, ms. */
  readonly dueMs: Float64Array;
  /** When it was sent last, ms. */
  readonly sentMs: Float64Array;
  /** Wall clock it names in its content; a resend says the same again. */
  readonly stampMs: Float64Array;
  /** 1 when the charger was away between due time and answer. */
  readonly disturbed: Uint8Array;

  /** Set of calls that are due and wait for the one before (`bitOf`). */
  readonly pending: Uint8Array;
  /** Their due times, `CALL` per row. */
  readonly pendingMs: Float64Array;
  /** Set of pending calls that became due while the charger was away. */
  readonly late: Uint8Array;

  /** 1 between the time a session is due to start and the time it is due to end. */
  readonly wanted: Uint8Array;
  /** What the first session of a charger is shorter than others, because it began before the charger came; ms. */
  readonly elapsedMs: Float64Array;
  /** 1 between the answers to start and stop. */
  readonly charging: Uint8Array;
  /** 1.6: the id the broker gave; 2.x: the count of this charger's transactions. */
  readonly transaction: Uint32Array;
  /** 2.x: number of the next TransactionEvent. */
  readonly seqNo: Uint32Array;
  readonly meterWh: Float64Array;
  readonly startWh: Float64Array;
}

/** Calls per row of `pendingMs`: one more than the highest `CALL`. */
export const PENDING_WIDTH = 7;

/** Columns for `size` chargers, all away. */
export function createChargerTable(first: number, size: number): ChargerTable {
  const bytes = (): Uint8Array => new Uint8Array(size);
  const words = (): Uint32Array => new Uint32Array(size);
  const doubles = (): Float64Array => new Float64Array(size);
  return {
    first,
    size,
    sockets: Array.from({ length: size }, () => undefined),
    link: bytes(),
    target: bytes(),
    moving: bytes(),
    failures: bytes(),
    temper: bytes(),
    version: bytes(),
    booted: bytes(),
    served: bytes(),
    number: words(),
    waiting: bytes(),
    dueMs: doubles(),
    sentMs: doubles(),
    stampMs: doubles(),
    disturbed: bytes(),
    pending: bytes(),
    pendingMs: new Float64Array(size * PENDING_WIDTH),
    late: bytes(),
    wanted: bytes(),
    elapsedMs: doubles(),
    charging: bytes(),
    transaction: words(),
    seqNo: words(),
    meterWh: doubles(),
    startWh: doubles(),
  };
}
