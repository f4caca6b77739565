/** One suite for both adapters: every sentence of src/ports.ts that can be tested. */
import { describe } from 'vitest';
import { journalContract } from './contract-journal.ts';
import { journalNewestContract } from './contract-journal-newest.ts';
import { keyValueContract } from './contract-key-value.ts';
import { messagingContract } from './contract-messaging.ts';
import { outageContract } from './contract-outage.ts';
import type { BusHarness } from './harness.ts';

/** Holds the adapter made by `start` to the contract; each part gets a bus of its own. */
export function busContract(adapter: string, start: () => Promise<BusHarness>): void {
  describe(`contract on ${adapter}`, () => {
    messagingContract(start);
    keyValueContract(start);
    journalContract(start);
    journalNewestContract(start);
    outageContract(start);
  });
}
