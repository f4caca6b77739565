/** A generator as the coordinator sees it, wherever it runs: here as a child process, or on another machine behind an agent. */

import type { GeneratorNews, GeneratorOrder } from './generator/plan.ts';

/** One generator. */
export interface GeneratorLink {
  readonly name: string;
  /** Process id when it runs on this machine. */
  readonly pid: number | undefined;
  order(order: GeneratorOrder): void;
  /** Called for everything it tells; set once, before the first order. */
  onNews(listener: (news: GeneratorNews) => void): void;
  /** Called when it is gone without having been told to end. */
  onLost(listener: (why: string) => void): void;
  /** The file with the chargers' records, on this machine; after `finished`. */
  recordFile(remote: string): Promise<string>;
  /** Ends it at once. */
  kill(): void;
  /** Resolves when it has ended. */
  readonly gone: Promise<void>;
}
