/** The seam through which a simulation disturbs the memory bus. Without it, everything passes at once. */

/** Way of a message from one connection to another (or to itself). */
export interface Link {
  readonly from: string;
  readonly to: string;
}

/** What happens to one delivery. A delay also holds back what follows on the same link, so order stays as promised. */
export type DeliveryFate = 'pass' | 'drop' | { readonly delayMs: number };

/** One journal or key-value operation of one connection. */
export interface StoreOperation {
  readonly connection: string;
  readonly kind: 'read' | 'write';
  /** Journal or bucket. */
  readonly store: string;
  /** Subject or key; empty for operations on the whole. */
  readonly subject: string;
}

/** `refuse`: not done, rejects `timeout`. `forget`: done, yet rejects `timeout`. A delay takes the operation as a whole. */
export type StoreFate = 'pass' | 'refuse' | 'forget' | { readonly delayMs: number };

/** Decides the fate of everything on a memory broker. Both are asked synchronously and must not call the bus. */
export interface MemoryFaults {
  deliver?(link: Link, message: { readonly subject: string; readonly data: Uint8Array }): DeliveryFate;
  store?(operation: StoreOperation): StoreFate;
}
