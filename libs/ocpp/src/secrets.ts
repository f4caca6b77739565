/**
 * Takes secrets out of what is shown to others than the one who asked: passwords and keys that configuration holds, by the names that
 * OCPP and its makers give them, and the credentials inside of URLs. Pure. Id tokens stay: they are what people debug.
 *
 * 1. A value without a secret is the very same object afterwards; one with a secret is a copy without it.
 * 2. What cannot be read cannot be searched: if it names a secret anywhere, only its brackets, quotes and blanks are shown.
 * 3. An answer may quote its request: unless that is known to hold no secret, texts that are free to say anything are not shown.
 */
import { isErrorCode } from './error-codes.ts';
import { isJsonObject, JsonError, type JsonObject, parseJson, stringifyJson } from './json.ts';

/** What an error says. */
interface ErrorWords {
  readonly code: string;
  readonly description: string;
  readonly details: unknown;
}

/** What stands in the place of a secret. */
const MASK = '***';
/** Names of variables, configuration keys and members that hold a secret (`AuthorizationKey`, `BasicAuthPassword`, `apnPassword`). */
const SECRET_NAME = /password|passwd|passphrase|secret|authorizationkey|presharedkey|apikey|psk/i;
/** The same in text that cannot be parsed; `vpn` has a member that is just called `key`. */
const SECRET_TEXT = new RegExp(`${SECRET_NAME.source}|"vpn"`, 'i');
/** Members that hold the value of the variable or key their object names; a reason may quote it. */
const VALUES: ReadonlySet<string> = new Set(['value', 'attributeValue', 'actualValue', 'additionalInfo']);
/** Members of an answer that may say anything: the reason of a status, the answer to a DataTransfer, what a vendor adds. */
const FREE_TEXTS: ReadonlySet<string> = new Set(['additionalInfo', 'data', 'customData']);
/** User and password in a URL, also between the escaped slashes of raw JSON. */
const URL_CREDENTIALS = /((?:\\?\/){2})[^/?#\s"\\]*@/g;
const NOT_STRUCTURE = /[^\s[\]{}:,"\\]+/g;
const UNICODE_ESCAPE = /\\u([0-9a-f]{4})/gi;

/** The value without its secrets; the same one when there are none. */
export function maskSecrets(value: unknown): unknown {
  return mask(value, '', false);
}

/** Payload of an answer without its secrets. `quotable`: its request is known, and held none. */
export function maskAnswer(payload: unknown, quotable: boolean): unknown {
  return maskSecrets(quotable ? payload : withoutFreeTexts(payload));
}

/**
 * An error without its secrets; `quotable`: its request is known, and held none. Otherwise only its code is left, and that only if the
 * specification knows it.
 */
export function maskError({ code, description, details }: ErrorWords, quotable: boolean): ErrorWords {
  return quotable
    ? { code, description: maskText(description), details: maskSecrets(details) }
    : { code: isErrorCode(code) ? code : MASK, description: MASK, details: {} };
}

/** Text that cannot be parsed, as it may be shown. */
export function maskUnreadable(text: string): string {
  return SECRET_TEXT.test(unescaped(text)) ? text.replace(NOT_STRUCTURE, MASK) : withoutUrlCredentials(text);
}

/** `holder`: the member that holds the value. `named`: it belongs to something whose name is that of a secret. */
function mask(value: unknown, holder: string, named: boolean): unknown {
  if (typeof value === 'string') return maskText(value);
  const secret = named || (isJsonObject(value) && namesSecret(value));
  return mapped(value, (member, name) => {
    if (name === undefined) return mask(member, holder, secret);
    return isSecret(holder, name, secret) ? hidden(member) : mask(member, name, secret);
  });
}

function isSecret(holder: string, name: string, named: boolean): boolean {
  return SECRET_NAME.test(name) || (named && VALUES.has(name)) || (holder === 'vpn' && name === 'key');
}

/** A configuration key of 1.6, or a variable of 2.x, by its name. */
function namesSecret({ key, variable }: JsonObject): boolean {
  if (typeof key === 'string' && SECRET_NAME.test(key)) return true;
  return isJsonObject(variable) && typeof variable['name'] === 'string' && SECRET_NAME.test(variable['name']);
}

/** Vendors put JSON into text (DataTransfer). */
function maskText(text: string): string {
  if (!/^\s*[[{]/.test(text)) return withoutUrlCredentials(text);
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return maskUnreadable(text);
  }
  const shown = maskSecrets(value);
  return shown === value ? text : stringifyJson(shown);
}

function withoutFreeTexts(value: unknown): unknown {
  return mapped(value, (member, name) =>
    name !== undefined && FREE_TEXTS.has(name) ? hidden(member) : withoutFreeTexts(member),
  );
}

/** What is not there is no secret. */
function hidden(member: unknown): unknown {
  return member === null ? null : MASK;
}

/** An object or a list with its members changed; the same one when none was. `name` is undefined in a list. */
function mapped(value: unknown, change: (member: unknown, name: string | undefined) => unknown): unknown {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const after = items.map((item) => change(item, undefined));
    return after.every((item, at) => item === items[at]) ? value : after;
  }
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value);
  const after = members.map(([name, member]): [string, unknown] => [name, change(member, name)]);
  return after.every(([, member], at) => member === members[at]?.[1]) ? value : Object.fromEntries(after);
}

function withoutUrlCredentials(text: string): string {
  return text.replace(URL_CREDENTIALS, `$1${MASK}@`);
}

function unescaped(text: string): string {
  return text.includes('\\u')
    ? text.replace(UNICODE_ESCAPE, (_escape, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text;
}
