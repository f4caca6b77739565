/**
 * Owns what commands of all versions do to connectors: remote start and stop, availability, reservations, unlocking.
 * Each function says what it did in words that the versions share; the command files translate.
 */
import type { Connector, RemoteStart, Reservation, Transaction, Unit } from './unit.ts';

/** The connector with that id, or undefined. */
export function connectorOf(unit: Unit, connectorId: number): Connector | undefined {
  return unit.connectors.find(({ id }) => id === connectorId);
}

/** The running transaction for which `is` holds, or undefined. */
export function transactionOf(unit: Unit, is: (transaction: Transaction) => boolean): Transaction | undefined {
  for (const { transaction } of unit.connectors) if (transaction !== undefined && is(transaction)) return transaction;
  return undefined;
}

/** Where a remote start can go: the asked connector, or the first free one. */
export function placeForRemoteStart(
  unit: Unit,
  asked: number | undefined,
  idToken: RemoteStart['idToken'],
): Connector | undefined {
  if (unit.registration() !== 'Accepted') return undefined;
  const candidates = unit.connectors.filter(({ id }) => asked === undefined || asked === 0 || id === asked);
  return candidates.find(
    (connector) => connector.operative && !connector.claimed && mayUse(unit, connector, idToken.idToken),
  );
}

function mayUse(unit: Unit, connector: Connector, idToken: string): boolean {
  const { reservation } = connector;
  return reservation === undefined || reservation.expiresAtMs <= unit.nowMs() || reservation.idToken === idToken;
}

/** Changes availability of one connector, or of all (undefined). */
export function changeAvailability(
  unit: Unit,
  connector: Connector | undefined,
  operative: boolean,
): 'Accepted' | 'Scheduled' {
  let scheduled = false;
  for (const one of connector === undefined ? unit.connectors : [connector]) {
    if (!operative && one.claimed) {
      one.inoperativeAfterwards = true;
      scheduled = true;
      continue;
    }
    one.inoperativeAfterwards = false;
    one.operative = operative;
  }
  return scheduled ? 'Scheduled' : 'Accepted';
}

/** Reports what `changeAvailability` changed; runs after the answer has left. */
export function showAvailability(unit: Unit): void {
  for (const connector of unit.connectors) {
    if (!connector.operative) unit.setStatus(connector, 'Unavailable');
    else if (connector.status === 'Unavailable') unit.setStatus(connector, 'Available');
  }
}

/** Reserves a connector; connector 0 means any free one. */
export function reserve(
  unit: Unit,
  connectorId: number,
  reservation: Reservation,
): 'Accepted' | 'Occupied' | 'Unavailable' | 'Rejected' {
  cancelReservation(unit, reservation.id);
  const candidates = unit.connectors.filter(({ id }) => connectorId === 0 || id === connectorId);
  if (candidates.length === 0) return 'Rejected';
  const free = candidates.find(
    ({ operative, claimed, reservation: taken }) => operative && !claimed && taken === undefined,
  );
  if (free === undefined) return candidates.every(({ operative }) => !operative) ? 'Unavailable' : 'Occupied';
  free.reservation = reservation;
  unit.clock.after(Math.max(0, reservation.expiresAtMs - unit.nowMs()), () => {
    if (free.reservation !== reservation) return;
    free.reservation = undefined;
    showReservations(unit);
  });
  return 'Accepted';
}

/** Cancels a reservation; false when there is none of that id. */
export function cancelReservation(unit: Unit, id: number): boolean {
  const connector = unit.connectors.find(({ reservation }) => reservation?.id === id);
  if (connector === undefined) return false;
  connector.reservation = undefined;
  return true;
}

/** Reports what reservations changed; runs after the answer has left. */
export function showReservations(unit: Unit): void {
  for (const connector of unit.connectors) {
    if (connector.claimed || !connector.operative) continue;
    unit.setStatus(connector, connector.reservation === undefined ? 'Available' : 'Reserved');
  }
}
