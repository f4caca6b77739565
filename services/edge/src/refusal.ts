/** Why a handshake is refused, and the HTTP response that says so. Pure. */

/** Every reason, also the metric label. */
export const REFUSAL_REASONS = [
  'attaches',
  'busAway',
  'connectionsMax',
  'credentials',
  'draining',
  'handshake',
  'identity',
  'lookup',
  'notRegistered',
  'path',
  'rate',
  'replacing',
  'securityProfile',
  'subprotocol',
] as const;

/** One of `REFUSAL_REASONS`. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** The answer to a handshake that is not let in. */
export interface Refusal {
  readonly status: 400 | 401 | 404 | 426 | 503;
  readonly reason: RefusalReason;
  readonly headers: Readonly<Record<string, string>>;
}

const STATUS_TEXT: Readonly<Record<Refusal['status'], string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  426: 'Upgrade Required',
  503: 'Service Unavailable',
};

const NO_HEADERS: Readonly<Record<string, string>> = {};

/** A refusal. */
export const refusal = (
  status: Refusal['status'],
  reason: RefusalReason,
  headers: Readonly<Record<string, string>> = NO_HEADERS,
): Refusal => ({ status, reason, headers });

/** The whole HTTP response, ready for the socket. The body names the reason for whoever sets up a charger; it holds no secret. */
export const refusalText = (refused: Refusal): string => {
  const body = `${refused.reason}\n`;
  let text = `HTTP/1.1 ${refused.status} ${STATUS_TEXT[refused.status]}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n`;
  for (const [name, value] of Object.entries(refused.headers)) text += `${name}: ${value}\r\n`;
  return `${text}\r\n${body}`;
};
