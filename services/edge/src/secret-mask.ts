/**
 * Takes secrets out of a frame before it is shown to anybody: passwords and keys that configuration holds, by the names that OCPP and its
 * makers give them, and the credentials inside of URLs. Pure. Id tokens stay: they are what people debug, and what the route that shows
 * frames is guarded for.
 *
 * 1. A frame without a secret is shown as it is, byte for byte; one with a secret is written anew without it.
 * 2. What cannot be read cannot be searched: if it names a secret anywhere, only its brackets, quotes and blanks are shown.
 */
import type { Frame, OcppVersion } from '@voltlane/ocpp';
import {
  formatCall,
  formatResult,
  formatSend,
  isJsonObject,
  JsonError,
  parseFrame,
  parseJson,
  stringifyJson,
} from '@voltlane/ocpp';

/** What stands in the place of a secret. */
export const MASK = '***';

/** A frame as it may be shown. */
export interface ShownFrame {
  readonly text: string;
  readonly masked: boolean;
  /** Why it is no frame; undefined when it is one. */
  readonly invalid: string | undefined;
  /** Message id of a CALL. */
  readonly callId: string | undefined;
}

/** Names of variables, configuration keys and members that hold a secret (`AuthorizationKey`, `BasicAuthPassword`, `apnPassword`). */
const SECRET_NAME = /password|passwd|passphrase|secret|authorizationkey|presharedkey|apikey|psk/i;
/** The same in text that cannot be parsed; `vpn` has a member that is just called `key`. */
const SECRET_TEXT = new RegExp(`${SECRET_NAME.source}|"vpn"`, 'i');
/** Members that hold the value of the variable or key their object names; a reason may quote it. */
const VALUES: ReadonlySet<string> = new Set(['value', 'attributeValue', 'actualValue', 'additionalInfo']);
/** User and password in a URL, also between the escaped slashes of raw JSON. */
const URL_CREDENTIALS = /((?:\\?\/){2})[^/?#\s"\\]*@/g;
const NOT_STRUCTURE = /[^\s[\]{}:,"\\]+/g;
const UNICODE_ESCAPE = /\\u([0-9a-f]{4})/gi;

/**
 * The frame as it may be shown. `quotable` says of the message id of a CALL whether its CALLERROR may be shown whole: it must have been
 * seen, and held no secret, because an error may quote what it is about.
 */
export const showFrame = (text: string, version: OcppVersion, quotable: (messageId: string) => boolean): ShownFrame => {
  const frame = parseFrame(text, version);
  const shown = textOf(frame, text, quotable);
  return {
    text: shown,
    masked: shown !== text,
    invalid: frame.kind === 'invalid' ? frame.reason : undefined,
    callId: frame.kind === 'call' ? frame.messageId : undefined,
  };
};

/** Text that is no frame, as it may be shown. */
export const showUnreadable = (text: string): string =>
  SECRET_TEXT.test(unescaped(text)) ? text.replace(NOT_STRUCTURE, MASK) : withoutUrlCredentials(text);

const textOf = (frame: Frame, text: string, quotable: (messageId: string) => boolean): string => {
  switch (frame.kind) {
    case 'invalid':
      return showUnreadable(text);
    case 'call':
    case 'send': {
      const payload = mask(frame.payload, '', false);
      if (payload === frame.payload) return text;
      const write = frame.kind === 'call' ? formatCall : formatSend;
      // What was inside of a signature is shown without it.
      return write(frame.messageId, frame.signed ? `${frame.action}-Signed` : frame.action, stringifyJson(payload));
    }
    case 'result': {
      const payload = mask(frame.payload, '', false);
      return payload === frame.payload ? text : formatResult(frame.messageId, stringifyJson(payload));
    }
    case 'error':
    case 'resultError': {
      const { messageId, code } = frame;
      const type = frame.kind === 'error' ? 4 : 5;
      if (!quotable(messageId)) return stringifyJson([type, messageId, code, MASK, {}]);
      const details = mask(frame.details, '', false);
      const description = withoutUrlCredentials(frame.description);
      if (details === frame.details && description === frame.description) return text;
      return stringifyJson([type, messageId, code, description, details]);
    }
  }
};

/** The value without its secrets; the same one when there are none. `named`: it belongs to something whose name is that of a secret. */
const mask = (value: unknown, holder: string, named: boolean): unknown => {
  if (typeof value === 'string') return maskText(value);
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const shown = items.map((item) => mask(item, holder, named));
    return shown.every((item, at) => item === items[at]) ? value : shown;
  }
  if (!isJsonObject(value)) return value;
  const secret = named || namesSecret(value);
  let changed = false;
  const shown = Object.entries(value).map(([name, member]): [string, unknown] => {
    const hidden = isSecret(holder, name, secret) && member !== null;
    const after = hidden ? MASK : mask(member, name, secret);
    changed ||= after !== member;
    return [name, after];
  });
  return changed ? Object.fromEntries(shown) : value;
};

const isSecret = (holder: string, name: string, named: boolean): boolean =>
  SECRET_NAME.test(name) || (named && VALUES.has(name)) || (holder === 'vpn' && name === 'key');

/** A configuration key of 1.6, or a variable of 2.x, by its name. */
const namesSecret = (value: Readonly<Record<string, unknown>>): boolean => {
  const { key, variable } = value;
  if (typeof key === 'string' && SECRET_NAME.test(key)) return true;
  return isJsonObject(variable) && typeof variable['name'] === 'string' && SECRET_NAME.test(variable['name']);
};

/** Vendors put JSON into text (DataTransfer). */
const maskText = (text: string): string => {
  if (!/^\s*[[{]/.test(text)) return withoutUrlCredentials(text);
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return showUnreadable(text);
  }
  const shown = mask(value, '', false);
  return shown === value ? text : stringifyJson(shown);
};

const withoutUrlCredentials = (text: string): string => text.replace(URL_CREDENTIALS, `$1${MASK}@`);

const unescaped = (text: string): string =>
  text.includes('\\u')
    ? text.replace(UNICODE_ESCAPE, (_escape, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text;
