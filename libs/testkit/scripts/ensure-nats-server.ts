/** Prints the path of a nats-server binary, fetching it first where there is none. As vitest's globalSetup it only fetches. */
import { natsServerBinary } from '../src/debian-binary.ts';

/** Called by vitest once, before the workers start. */
export async function setup(): Promise<void> {
  await natsServerBinary();
}

if (import.meta.main) console.log(await natsServerBinary());
