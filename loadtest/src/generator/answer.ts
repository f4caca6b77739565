/** Reads what comes back from the broker, as far as a charger of the load test has to know it. Pure. */

import { CALL } from './call-kind.ts';

/** A frame from the broker. */
export type Inbound =
  | { readonly kind: 'result'; readonly id: number; readonly text: string }
  | { readonly kind: 'error'; readonly id: number; readonly code: string }
  | { readonly kind: 'call'; readonly id: string; readonly action: string }
  | { readonly kind: 'other' };

const ERROR = /^\[4,"(\d+)","(\w+)"/;
const CALL_HEAD = /^\[2,"([^"\\]{1,36})","(\w+)",/;
const DIGIT_0 = 48;
const OTHER: Inbound = { kind: 'other' };

/** Takes a frame apart; ids of results are the numbers this generator gave. */
export function readInbound(text: string): Inbound {
  if (text.startsWith('[3,"')) {
    const end = text.indexOf('"', 4);
    let id = 0;
    for (let at = 4; at < end; at += 1) {
      const digit = text.charCodeAt(at) - DIGIT_0;
      if (digit < 0 || digit > 9) return OTHER;
      id = id * 10 + digit;
    }
    return end > 4 ? { kind: 'result', id, text } : OTHER;
  }
  if (text.startsWith('[4,')) {
    const [, id, code] = ERROR.exec(text) ?? [];
    return id === undefined || code === undefined ? OTHER : { kind: 'error', id: Number(id), code };
  }
  const [, id, action] = CALL_HEAD.exec(text) ?? [];
  return id === undefined || action === undefined ? OTHER : { kind: 'call', id, action };
}

/** What the content of a result means to the charger. */
export type Verdict =
  | { readonly kind: 'fine' }
  /** The transaction's id, 1.6. */
  | { readonly kind: 'started'; readonly transactionId: number }
  /** BootNotification was not accepted; boot again after this many seconds. */
  | { readonly kind: 'bootLater'; readonly intervalS: number }
  /** A result, but not the one this call has. */
  | { readonly kind: 'wrong' };

const FINE: Verdict = { kind: 'fine' };
const WRONG: Verdict = { kind: 'wrong' };

/** Judges a result by the call it answers. */
export function judgeResult(kind: number, isV16: boolean, text: string): Verdict {
  switch (kind) {
    case CALL.boot: {
      if (text.includes('"status":"Accepted"')) return text.includes('"currentTime":"') ? FINE : WRONG;
      const intervalS = Number(/"interval":(\d+)/.exec(text)?.[1] ?? 0);
      return /"status":"(Pending|Rejected)"/.test(text) ? { kind: 'bootLater', intervalS } : WRONG;
    }
    case CALL.heartbeat:
      return text.includes('"currentTime":"') ? FINE : WRONG;
    case CALL.start: {
      if (!isV16) return text.includes('"idTokenInfo":{"status":"Accepted"') ? FINE : WRONG;
      const transactionId = Number(/"transactionId":(\d+)/.exec(text)?.[1] ?? 0);
      return transactionId > 0 && text.includes('"status":"Accepted"') ? { kind: 'started', transactionId } : WRONG;
    }
    default:
      // The other results are empty or hold only what is optional.
      return text.includes(',{') && !text.includes('"currentTime"') ? FINE : WRONG;
  }
}

/** The charger's answer to a command. */
export function commandAnswer(id: string, action: string): string {
  const payload = action === 'GetConfiguration' ? '{"configurationKey":[]}' : '{"status":"Accepted"}';
  return `[3,"${id}",${payload}]`;
}
