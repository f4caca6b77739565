/** Who is who on the bus. Branded strings and numbers, so that one cannot be passed for another. */

declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]: B };

/** Tenant name: 1–64 characters of `[A-Za-z0-9_-]`. */
export type Tenant = Branded<string, 'Tenant'>;
/** Charger identity as registered (case kept); OCPP-J calls it the charge point / charging station identity. */
export type ChargerId = Branded<string, 'ChargerId'>;
/** Index of a partition, 0 ≤ p < P. */
export type PartitionId = Branded<number, 'PartitionId'>;
/** Fencing epoch of a partition's claim; only grows; ≥ 1. */
export type Epoch = Branded<number, 'Epoch'>;
/** One edge process, unique per start; one NATS token `[A-Za-z0-9_-]`. */
export type EdgeId = Branded<string, 'EdgeId'>;
/** One worker process, unique per start; one NATS token `[A-Za-z0-9_-]`. */
export type WorkerId = Branded<string, 'WorkerId'>;
/** One socket of one charger, unique over all edges; sorts by the time it was opened. */
export type SessionId = Branded<string, 'SessionId'>;

/** The address of a charger everywhere inside the broker. */
export interface ChargerAddress {
  readonly tenant: Tenant;
  readonly chargerId: ChargerId;
}
