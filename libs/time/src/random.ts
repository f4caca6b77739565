/** Randomness as a dependency, so that a seed reproduces a run. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** `count` random bytes. Cryptographically strong in the system adapter, reproducible in the seeded one. */
  bytes(count: number): Uint8Array;
}
