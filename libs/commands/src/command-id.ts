/** Ids of commands. They double as message ids of their CALLs, so they have at most 36 characters. */
import { createHash } from 'node:crypto';
import { type Random, randomId } from '@voltlane/time';
import { type ChargerAddress, foldCase } from '@voltlane/wire';

const ID = /^[a-z0-9]{8,36}$/;
const RANDOM_CHARS = 26;
/** 128 bits. */
const DERIVED_CHARS = 32;

/** An id nobody has used. */
export function newCommandId(random: Random): string {
  return `c${randomId(random, RANDOM_CHARS)}`;
}

/** The id of all commands to one charger under one idempotency key: what is asked twice is found again by it, wherever it is. */
export function derivedCommandId({ tenant, chargerId }: ChargerAddress, idempotencyKey: string): string {
  const text = `${tenant}\n${foldCase(chargerId)}\n${idempotencyKey}`;
  return `i${createHash('sha256').update(text, 'utf8').digest('hex').slice(0, DERIVED_CHARS)}`;
}

/** True for what can be an id of a command. */
export function isCommandId(text: string): boolean {
  return ID.test(text);
}
