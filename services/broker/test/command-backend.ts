/** Two backends that know nothing of ours: one speaks HTTP, one NATS and JSON. */
import { connect } from 'nats';

/** An answer: over HTTP with its status. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What they can do. */
export interface Backend {
  /** Asks for a command; `options` are the members of the request beside action and payload. */
  send(charger: string, action: string, payload: object, options?: object): Promise<Answer>;
  /** How far is it? */
  look(commandId: string, waitMs?: number): Promise<Answer>;
  close(): Promise<void>;
}

const ANSWER_MS_MAX = 90_000;

/** Speaks HTTP. */
export function httpBackend(apiUrl: string, token: string): Backend {
  const authorization = `Bearer ${token}`;
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${apiUrl}${path}`, { ...init, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  return {
    send: (charger, action, payload, options = {}) =>
      ask(`/v1/chargers/${encodeURIComponent(charger)}/commands`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        // White space, as people write it.
        body: JSON.stringify({ ...options, action, payload }, undefined, 2),
      }),
    look: (commandId, waitMs = 0) => ask(`/v1/commands/${commandId}?wait=${waitMs}`, { headers: { authorization } }),
    close: () => Promise.resolve(),
  };
}

/** Speaks NATS. Identities are plain here: letters and digits. */
export async function natsBackend(natsUrl: string): Promise<Backend> {
  const connection = await connect({ servers: natsUrl });
  const ask = async (subject: string, request: object): Promise<Answer> => {
    const body = JSON.stringify(request, undefined, 2);
    const reply = await connection.request(subject, body, { timeout: ANSWER_MS_MAX });
    return { status: 0, body: JSON.parse(reply.string()) };
  };
  return {
    send: (charger, action, payload, options = {}) =>
      ask(`command.default.${charger}.${action}`, { ...options, payload }),
    look: (commandId, waitMs = 0) => ask('command.default.any.status', { commandId, wait: waitMs }),
    close: () => connection.close(),
  };
}
