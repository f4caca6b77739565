/** What the contract needs from an adapter under test, and small tools for waiting. */
import type { Bus, JournalOptions } from '../src/index.ts';

/** One adapter with a bus of its own. */
export interface BusHarness {
  /** A new connection; errors of its handlers are collected. */
  connect(name: string): Promise<Bus>;
  /** Errors handlers threw so far, with the subject. */
  readonly handlerErrors: { error: unknown; subject: string }[];
  /** Lets time pass: real for a real server, told for a fake clock. */
  pass(ms: number): Promise<void>;
  /** All connections lose the bus and know it. */
  outage(): Promise<void>;
  /** The bus is there again and all connections have found it. */
  recover(): Promise<void>;
  /** Shortest age a store of this adapter can expire in, with what the server adds. */
  readonly age: { readonly maxAgeMs: number; readonly expiredAfterMs: number };
  stop(): Promise<void>;
}

let number = 0;

/** A name no other test uses. */
export function fresh(prefix: string): string {
  number += 1;
  return `${prefix}${process.pid}x${number}`;
}

/** Journal options on subjects of their own: `<root>.<tenant>.<charger>.state|meter`. */
export function journalOptions(root: string, change: Partial<JournalOptions> = {}): JournalOptions {
  return {
    name: root,
    subjects: `${root}.*.*.*`,
    stateSubjects: `${root}.*.*.state`,
    meterSubjects: `${root}.*.*.meter`,
    maxAgeMs: 86_400_000,
    replicas: 1,
    storage: 'file',
    duplicateWindowMs: 120_000,
    ...change,
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Text as bytes. */
export function bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Bytes as text. */
export function text(data: Uint8Array | undefined): string {
  return decoder.decode(data);
}

/** Waits until `done`; the error says what is missing. */
export async function until(
  harness: BusHarness,
  what: string,
  done: () => boolean,
  withinMs: number = 8_000,
): Promise<void> {
  for (let passedMs = 0; !done(); passedMs += 5) {
    if (passedMs > withinMs) throw new Error(`waited ${withinMs} ms in vain until ${what}`);
    await harness.pass(5);
  }
}

/** Follows a promise while time passes, and returns how it ended. */
export async function settled<T>(harness: BusHarness, promise: Promise<T>): Promise<{ value?: T; error?: unknown }> {
  let end: { value?: T; error?: unknown } | undefined;
  promise.then(
    (value) => {
      end = { value };
    },
    (error: unknown) => {
      end = { error };
    },
  );
  await until(harness, 'the promise settles', () => end !== undefined);
  return end ?? {};
}
