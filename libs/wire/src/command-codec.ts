/**
 * What is asked of the owner of a charger about its commands, as bytes. Places, after `[version, kind, tenant, charger, commandId, waitMs`:
 *
 *     36 submit   action, payload, timeoutMs, ttlMs, priority, coalesceKey | nil, requestedBy | nil, requestedAtMs, waitsWhileAway, repeated,
 *                 and traceparent when it is traced
 *     37 cancel   requestedBy | nil
 *     38 status
 *
 * The answer is the public JSON of the command (docs/contract.md), not an envelope. The kinds are apart from all others.
 */
import { type CommandAsk, ENVELOPE_VERSION } from './envelope.ts';
import { type Fields, malformed, openEnvelope, readCount, readFlag, readText, wholeMs } from './envelope-fields.ts';
import { isChargerId, isTenant } from './identity.ts';
import { pack } from './msgpack.ts';
import { readTraceparent } from './traceparent.ts';

const SUBMIT = 36;
const CANCEL = 37;
const STATUS = 38;

const KINDS = { commandSubmit: SUBMIT, commandCancel: CANCEL, commandStatus: STATUS } as const;

/** Bytes of an ask. WireError `unencodable` for a time that is none. */
export function encodeCommandAsk(ask: CommandAsk): Uint8Array {
  const fields: unknown[] = [
    ENVELOPE_VERSION,
    KINDS[ask.kind],
    ask.tenant,
    ask.chargerId,
    ask.commandId,
    wholeMs(ask.waitMs, 'waitMs'),
  ];
  if (ask.kind === 'commandSubmit') {
    fields.push(
      ask.action,
      ask.payload,
      wholeMs(ask.timeoutMs, 'timeoutMs'),
      wholeMs(ask.ttlMs, 'ttlMs'),
      ask.priority,
      ask.coalesceKey ?? null,
      ask.requestedBy ?? null,
      wholeMs(ask.requestedAtMs, 'requestedAtMs'),
      ask.waitsWhileAway,
      ask.repeated,
    );
    if (ask.traceparent !== undefined) fields.push(ask.traceparent);
  } else if (ask.kind === 'commandCancel') fields.push(ask.requestedBy ?? null);
  return pack(fields);
}

/** The ask of bytes from the bus. WireError `newer-version` or `malformed`, nothing else. */
export function decodeCommandAsk(bytes: Uint8Array): CommandAsk {
  const fields = openEnvelope(bytes);
  const tenant = readText(fields, 2, 'tenant');
  const chargerId = readText(fields, 3, 'charger');
  if (!isTenant(tenant)) throw malformed('tenant');
  if (!isChargerId(chargerId)) throw malformed('charger');
  const head = {
    tenant,
    chargerId,
    commandId: readText(fields, 4, 'commandId'),
    waitMs: readCount(fields, 5, 'waitMs'),
  };
  switch (fields[1]) {
    case SUBMIT:
      return {
        kind: 'commandSubmit',
        ...head,
        action: readText(fields, 6, 'action'),
        payload: readText(fields, 7, 'payload'),
        timeoutMs: readCount(fields, 8, 'timeoutMs'),
        ttlMs: readCount(fields, 9, 'ttlMs'),
        priority: readCount(fields, 10, 'priority'),
        coalesceKey: readOptionalText(fields, 11, 'coalesceKey'),
        requestedBy: readOptionalText(fields, 12, 'requestedBy'),
        requestedAtMs: readCount(fields, 13, 'requestedAtMs'),
        waitsWhileAway: readFlag(fields, 14, 'waitsWhileAway'),
        repeated: readFlag(fields, 15, 'repeated'),
        traceparent: readTraceparent(fields[16]),
      };
    case CANCEL:
      return { kind: 'commandCancel', ...head, requestedBy: readOptionalText(fields, 6, 'requestedBy') };
    case STATUS:
      return { kind: 'commandStatus', ...head };
    default:
      throw malformed('unknown kind of ask');
  }
}

function readOptionalText(fields: Fields, place: number, name: string): string | undefined {
  return fields[place] === null || fields[place] === undefined ? undefined : readText(fields, place, name);
}
