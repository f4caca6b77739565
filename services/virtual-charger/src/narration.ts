/** Owns the words in which a charger's events are told to a person. Pure: events in, lines out. */
import type { ChargerEvent } from '@voltlane/charger';
import { isoTime } from '@voltlane/time';

/** How much is told. */
export interface NarrationOptions {
  /** Tell every message, too. */
  readonly trace: boolean;
  /** The endpoint, for advice. */
  readonly url: string;
  /** True for OCPP 1.6, where the CSMS names transactions. */
  readonly namedByCsms: boolean;
}

/** The line for an event, or undefined for one that is not worth telling. */
export function narrate(chargerId: string, event: ChargerEvent, options: NarrationOptions): string | undefined {
  const words = wordsFor(event, options) ?? (options.trace ? traceOf(event) : undefined);
  return words === undefined ? undefined : `${isoTime(event.atMs).slice(11, 19)} ${chargerId} ${words}`;
}

function wordsFor(event: ChargerEvent, options: NarrationOptions): string | undefined {
  switch (event.kind) {
    case 'connected':
      return `connected, ${event.subprotocol === '' ? 'no subprotocol chosen' : event.subprotocol}`;
    case 'connect-failed':
      return `not connected: ${event.message}; ${adviceFor(event.status, options.url)}; next try in ${seconds(event.retryInMs)}`;
    case 'disconnected':
      return `disconnected (${event.code}${event.reason === '' ? '' : ` ${event.reason}`})${redial(event.retryInMs)}`;
    case 'booted':
      return `booted: ${event.status}, interval ${event.intervalS} s`;
    case 'boot-failed':
      return `BootNotification failed: ${event.message}; again in ${seconds(event.retryInMs)}`;
    case 'authorized':
      return event.status === 'Accepted'
        ? `authorized ${event.idToken}`
        : `${event.idToken} is not authorized: ${event.status}`;
    case 'status':
      return `connector ${event.connectorId} ${event.status}`;
    case 'transaction-started': {
      const name = options.namedByCsms ? 'a transaction' : `transaction ${event.transaction}`;
      return `started ${name}, meter ${kWh(event.registerWh)}`;
    }
    case 'transaction-id':
      return `transaction ${event.transactionId}, token ${event.idTokenStatus}`;
    case 'sample':
      return sampleWords(event);
    case 'transaction-ended':
      return `stopped (${event.reason}) with ${kWh(event.energyWh)} charged, meter ${kWh(event.registerWh)}`;
    case 'queued':
      return `${event.action} waits for the link (${event.waiting} waiting)`;
    case 'discarded':
      return `gave up on ${event.action} after ${event.attempts} attempts`;
    case 'refused':
      return `${event.action} refused: ${event.code} ${event.description}`.trimEnd();
    case 'timed-out':
      return `no answer to ${event.action}`;
    case 'bad-frame':
      return `bad message from the CSMS: ${event.reason} ${event.description}`.trimEnd();
    case 'received':
      return options.trace ? undefined : `asked to ${event.action}`;
    case 'reply-refused':
      return `refused ${event.action}: ${event.code} ${event.description}`.trimEnd();
    case 'resetting':
      return `resetting (${event.how})`;
    case 'sent':
    case 'answered':
    case 'replied':
    case 'late-answer':
      return undefined;
  }
}

function traceOf(event: ChargerEvent): string | undefined {
  switch (event.kind) {
    case 'sent':
      return `  → ${event.action} ${event.payloadText}`;
    case 'answered':
      return `  ← ${event.action} ${event.payloadText} (${Math.round(event.tookMs)} ms)`;
    case 'received':
      return `  ← asked: ${event.action} ${event.payloadText}`;
    case 'replied':
      return `  → answer: ${event.action} ${event.payloadText}`;
    case 'late-answer':
      return `  ← late answer to ${event.messageId}`;
    default:
      return undefined;
  }
}

function sampleWords(event: Extract<ChargerEvent, { kind: 'sample' }>): string {
  const soc = event.socPercent === undefined ? '' : ` ${event.socPercent} %`;
  return `${(event.powerW / 1000).toFixed(1)} kW ${event.currentA.toFixed(1)} A ${kWh(event.energyWh)}${soc}`;
}

/** What a person can do about a failed connection. */
export function adviceFor(status: number | undefined, url: string): string {
  switch (status) {
    case undefined:
      return 'is the broker running? npm start';
    case 400:
      return 'the broker does not take this identity or OCPP version';
    case 401:
      return 'wrong or missing password: --password';
    case 404:
      return `is the charger registered, and is ${url} the right path?`;
    case 503:
      return 'the broker is busy or starting';
    default:
      return `does ${url} point to the broker?`;
  }
}

function redial(retryInMs: number | undefined): string {
  return retryInMs === undefined ? '' : `; next try in ${seconds(retryInMs)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function kWh(wh: number): string {
  return `${(wh / 1000).toFixed(3)} kWh`;
}
