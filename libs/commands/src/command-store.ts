/**
 * Where commands are kept beside the charger's state: open ones with their payload in one bucket, ended ones in another for a while.
 *
 * The state record of the charger is the truth about what is queued and sent. The open bucket holds what is too big for it, and tells
 * a new owner which chargers have commands; the ended bucket answers whoever asks later, and recognises an idempotency key. Order of
 * writing: open entry → state with the command … ended entry → state without it → the open entry is dropped. So whatever dies in
 * between, the state decides, and nothing ended is without its entry.
 */
import { type Bus, BusError, type KeyValue } from '@voltlane/bus';
import { isJsonObject } from '@voltlane/ocpp';
import {
  type ChargerAddress,
  type Epoch,
  encodeToken,
  isChargerId,
  isPartitionId,
  isTenant,
  type PartitionId,
  parseToken,
} from '@voltlane/wire';
import { isCommandId } from './command-id.ts';

/** Bucket of open commands: `<partition>.<tenant>.<charger as one token>.<commandId>`. */
export const OPEN_COMMANDS_BUCKET = 'voltlane_commands_open';
/** Bucket of ended commands, by id: their public JSON. */
export const ENDED_COMMANDS_BUCKET = 'voltlane_commands_ended';

/** Where an open command is. */
export interface OpenCommandKey extends ChargerAddress {
  readonly partition: PartitionId;
  readonly commandId: string;
}

/** What is kept of an open command. */
export interface OpenCommand {
  readonly payload: string;
}

/** The open entry of a command. */
export interface OpenEntry extends OpenCommand {
  readonly revision: number;
}

/** How long ended commands are kept. */
export interface CommandStoreOptions {
  readonly keepMs: number;
}

/** Both buckets. Methods reject with BusError as the bus gives it. */
export interface CommandStore {
  /** Keeps an open command; resolves to its revision, or to undefined when it is there already. */
  open(key: OpenCommandKey, command: OpenCommand): Promise<number | undefined>;
  readOpen(key: OpenCommandKey): Promise<OpenEntry | undefined>;
  /** Open commands of a partition; a cold path. */
  openOf(partition: PartitionId): Promise<readonly OpenCommandKey[]>;
  /** Open commands of all partitions; a cold path. */
  openOfAll(): Promise<readonly OpenCommandKey[]>;
  /** Finds an open command by its id alone; a cold path. */
  findOpen(commandId: string): Promise<OpenCommandKey | undefined>;
  drop(key: OpenCommandKey, revision: number): Promise<void>;
  /** Keeps the public JSON of an ended command. What an owner with a lower epoch wrote is replaced, a higher one's stays. */
  end(commandId: string, json: string, epoch: Epoch): Promise<void>;
  /** The public JSON of an ended command. */
  ended(commandId: string): Promise<string | undefined>;
}

const VERSION = 1;
const END_ROUNDS_MAX = 8;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Opens both buckets. */
export async function openCommandStore(
  bus: Pick<Bus, 'keyValue' | 'payloadBytesMax'>,
  options: CommandStoreOptions,
): Promise<CommandStore> {
  const valueBytesMax = bus.payloadBytesMax;
  const open = await bus.keyValue({ bucket: OPEN_COMMANDS_BUCKET, maxAgeMs: 0, valueBytesMax });
  const ended = await bus.keyValue({ bucket: ENDED_COMMANDS_BUCKET, maxAgeMs: options.keepMs, valueBytesMax });
  return {
    open: (key, { payload }) => open.update(keyText(key), encoder.encode(JSON.stringify({ v: VERSION, payload })), 0),
    readOpen: (key) => readOpen(open, keyText(key)),
    openOf: async (partition) => keysOf(await open.keys(`${partition}.>`)),
    openOfAll: async () => keysOf(await open.keys()),
    findOpen: async (commandId) => keysOf(await open.keys(`*.*.*.${commandId}`))[0],
    drop: (key, revision) => open.drop(keyText(key), revision),
    end: (commandId, json, epoch) => endOnce(ended, commandId, { json, epoch }),
    ended: async (commandId) => {
      const entry = await ended.get(commandId);
      return entry === undefined ? undefined : readEnded(entry.value).json;
    },
  };
}

async function readOpen(bucket: KeyValue, key: string): Promise<OpenEntry | undefined> {
  const entry = await bucket.get(key);
  if (entry === undefined) return undefined;
  const value: unknown = JSON.parse(decoder.decode(entry.value));
  const payload = isJsonObject(value) ? value['payload'] : undefined;
  return { payload: typeof payload === 'string' ? payload : '{}', revision: entry.revision };
}

/** An ended entry: the epoch it was written under on the first line, the public JSON behind it. */
interface Ended {
  readonly json: string;
  readonly epoch: number;
}

/**
 * An owner that was replaced while it stood still may write late, even after its successor: the higher epoch stays. Each round another
 * writer came first, and there are at most a few owners.
 */
async function endOnce(bucket: KeyValue, commandId: string, { json, epoch }: Ended): Promise<void> {
  const value = encoder.encode(`${epoch}\n${json}`);
  let revision = 0;
  for (let round = 0; round < END_ROUNDS_MAX; round += 1) {
    if ((await bucket.update(commandId, value, revision)) !== undefined) return;
    const entry = await bucket.get(commandId);
    if (entry !== undefined && readEnded(entry.value).epoch > epoch) return;
    revision = entry?.revision ?? 0;
  }
  throw new BusError('unavailable', `the outcome of command ${commandId} is written by others all the time`);
}

function readEnded(value: Uint8Array): Ended {
  const text = decoder.decode(value);
  const line = text.indexOf('\n');
  return { epoch: Number(text.slice(0, line)), json: text.slice(line + 1) };
}

function keyText({ partition, tenant, chargerId, commandId }: OpenCommandKey): string {
  return `${partition}.${tenant}.${encodeToken(chargerId)}.${commandId}`;
}

function keysOf(texts: readonly string[]): readonly OpenCommandKey[] {
  return texts.flatMap((text) => parseKey(text) ?? []);
}

function parseKey(text: string): OpenCommandKey | undefined {
  const [partitionText = '', tenant = '', token = '', commandId = ''] = text.split('.');
  const partition = Number(partitionText);
  const chargerId = parseToken(token) ?? '';
  if (!isPartitionId(partition) || !isTenant(tenant) || !isChargerId(chargerId) || !isCommandId(commandId))
    return undefined;
  return { partition, tenant, chargerId, commandId };
}
