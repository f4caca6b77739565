/**
 * Owns what real chargers do wrong, on demand (protocol.md §10, peers.md §2C). Each quirk is a small function that returns a
 * `FrameTap` for `Charger.setTap`, or an action on a charger. Quirks that belong to the connection are options of
 * `createCharger`: `pong: false`, `skipBoot: true`, `subprotocols: []`, `reconnect.redialAfterCleanClose: false`.
 */
import { formatCall, parseJson, stringifyJson } from '@voltlane/ocpp';
import { type Clock, type Random, sleep } from '@voltlane/time';
import type { Charger } from './charger.ts';
import { uuid } from './message-id.ts';
import type { FrameTap } from './rpc.ts';

/** Never answers a CALL of the CSMS. */
export function neverAnswers(): FrameTap {
  return {
    outgoing(text, pass): void {
      if (!isAnswer(text)) pass(text);
    },
  };
}

/** Answers every CALL of the CSMS only after `delayMs`. */
export function answersLate(clock: Clock, delayMs: number): FrameTap {
  return {
    outgoing(text, pass): void {
      if (!isAnswer(text)) pass(text);
      else
        clock.after(delayMs, () => {
          pass(text);
        });
    },
  };
}

/** Answers every CALL of the CSMS twice. */
export function answersTwice(): FrameTap {
  return {
    outgoing(text, pass): void {
      pass(text);
      if (isAnswer(text)) pass(text);
    },
  };
}

/** Sends every CALL twice, the second time with the same id or with a new one. The answer to the second is late to itself. */
export function duplicatesCalls(id: 'same' | 'new', random: Random): FrameTap {
  return {
    outgoing(text, pass): void {
      pass(text);
      const call = readCall(text);
      if (call === undefined) return;
      pass(id === 'same' ? text : formatCall(uuid(random), call.action, call.payloadText));
    },
  };
}

/** Writes the message id of every CALL as a number, as some firmware does, and takes the answer with the id as text. */
export function numericIds(): FrameTap {
  const ids = new Map<string, string>();
  let next = 1;
  return {
    outgoing(text, pass): void {
      const call = readCall(text);
      if (call === undefined) {
        pass(text);
        return;
      }
      ids.set(String(next), call.messageId);
      pass(`[2,${next},${JSON.stringify(call.action)},${call.payloadText}]`);
      next += 1;
    },
    incoming(text, pass): void {
      const numeric = /^\s*\[\s*[34]\s*,\s*"?(\d+)"?\s*,/.exec(text);
      const original = ids.get(numeric?.[1] ?? '');
      if (numeric === null || original === undefined) {
        pass(text);
        return;
      }
      ids.delete(numeric[1] ?? '');
      pass(`[${text.charAt(text.indexOf('[') + 1)},${JSON.stringify(original)},${text.slice(numeric[0].length)}`);
    },
  };
}

/** Swallows what the CSMS sends: the charger believes that nothing is answered. */
export function deaf(): FrameTap {
  return { incoming(): void {} };
}

/** Stops reading from the socket without closing it; the other end sees a half-open connection. */
export function goHalfOpen(charger: Charger): void {
  charger.link()?.pause(true);
}

/** Loses the link `times` times, `gapMs` apart, coming back at once each time. */
export async function flap(
  charger: Charger,
  clock: Clock,
  { times, gapMs }: { times: number; gapMs: number },
): Promise<void> {
  for (let turn = 0; turn < times; turn += 1) {
    charger.dropLink('terminate', 0);
    await sleep(clock, gapMs);
  }
}

/** Sends `count` heartbeats without waiting for answers. */
export async function pipelineCalls(charger: Charger, count: number): Promise<void> {
  charger.pipeline(count);
  const calls = Array.from({ length: count }, () => charger.call('Heartbeat', {}));
  await Promise.all(calls);
  charger.pipeline(1);
}

/** Sends a DataTransfer whose data is `bytes` long. */
export async function sendHugeFrame(charger: Charger, bytes: number): Promise<void> {
  await charger.call('DataTransfer', { vendorId: 'Voltlane', data: 'x'.repeat(bytes) });
}

/** Sends 1.6 MeterValues for transaction 9223372036854775807, as one vendor does. */
export async function sendInt64TransactionId(charger: Charger, connectorId: number): Promise<void> {
  await charger.call('MeterValues', {
    connectorId,
    transactionId: 9_223_372_036_854_775_807n,
    meterValue: [{ timestamp: '2026-01-01T00:00:00.000Z', sampledValue: [{ value: '1' }] }],
  });
}

/** Puts any text on the link, valid or not. */
export function sendRaw(charger: Charger, text: string): void {
  charger.link()?.send(text);
}

function isAnswer(text: string): boolean {
  return text.startsWith('[3,') || text.startsWith('[4,');
}

interface CallText {
  readonly messageId: string;
  readonly action: string;
  readonly payloadText: string;
}

/** Takes a CALL of ours apart; we write them compact, so the type is the second character. */
function readCall(text: string): CallText | undefined {
  if (!text.startsWith('[2,')) return undefined;
  const parts: unknown = parseJson(text);
  if (!Array.isArray(parts)) return undefined;
  const list: readonly unknown[] = parts;
  return { messageId: String(list[1]), action: String(list[2]), payloadText: stringifyJson(list[3]) };
}
