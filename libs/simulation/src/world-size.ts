/** How large a world is. */
export interface WorldSize {
  readonly seed: number;
  readonly chargers: number;
  readonly edges: number;
  readonly workers: number;
  /** Chargers do things for this long. */
  readonly hours: number;
  /** How many times faster than in real life chargers do things; races need traffic. Default 1. */
  readonly pace?: number;
  /** Default 16: enough for every node to hold several, few enough to be cheap. */
  readonly partitions?: number;
  /** Wall clocks of nodes are off by up to this, ms. Default 20. */
  readonly skewMs?: number;
}
