/**
 * Owns the `ws` client: the only file of this package that touches it. Must never interpret a frame.
 */
import type { IncomingMessage } from 'node:http';
import { type RawData, WebSocket } from 'ws';
import { ChargerError } from './errors.ts';
import type { ChargerLink, Connect, LinkTarget } from './link.ts';

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Larger frames close the link with 1009; the CSMS has no message that needs more. */
const FRAME_BYTES_MAX = 1_048_576;

/** Connects over a WebSocket (RFC 6455) as OCPP-J asks: identity in the path, Basic credentials in the upgrade. */
export const connectWebSocket: Connect = (target, events) =>
  new Promise<ChargerLink>((resolve, reject) => {
    const url = linkUrl(target);
    let open = false;
    const socket = new WebSocket(url, [...target.subprotocols], {
      perMessageDeflate: target.deflate === true,
      autoPong: target.pong !== false,
      handshakeTimeout: target.handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS,
      maxPayload: FRAME_BYTES_MAX,
      headers: credentials(target),
      ...target.tls,
    });
    socket.on('open', () => {
      open = true;
      resolve(linkOver(socket));
    });
    socket.on('message', (data: RawData) => {
      events.onText(textOf(data));
    });
    socket.on('close', (code, reason) => {
      if (open) events.onClose(code, reason.toString('utf8'));
      else reject(new ChargerError('connect-failed', `connection to ${url} ended before it was open`));
    });
    socket.on('unexpected-response', (request, response) => {
      reject(refusal(url, response));
      request.destroy();
    });
    socket.on('error', (error) => {
      // After the opening `close` follows and tells the owner; before it this is the reason.
      if (!open)
        reject(new ChargerError('connect-failed', `no connection to ${url}: ${error.message}`, { cause: error }));
    });
  });

/** Endpoint plus percent-encoded identity, as OCPP-J §3.1.1 asks. */
export function linkUrl(target: Pick<LinkTarget, 'url' | 'identity'>): string {
  return `${target.url.replace(/\/+$/, '')}/${encodeURIComponent(target.identity)}`;
}

function credentials(target: LinkTarget): Record<string, string> {
  if (target.password === undefined) return {};
  const password = typeof target.password === 'string' ? Buffer.from(target.password, 'utf8') : target.password;
  const token = Buffer.concat([Buffer.from(`${target.identity}:`, 'utf8'), password]).toString('base64');
  return { authorization: `Basic ${token}` };
}

function refusal(url: string, response: IncomingMessage): ChargerError {
  const status = response.statusCode ?? 0;
  const retryAfterS = Number(response.headers['retry-after']);
  return new ChargerError('handshake-refused', `${url} refused the upgrade with HTTP ${status}`, {
    status,
    ...(Number.isFinite(retryAfterS) && retryAfterS >= 0 ? { retryAfterMs: retryAfterS * 1000 } : {}),
  });
}

function linkOver(socket: WebSocket): ChargerLink {
  return {
    subprotocol: socket.protocol,
    send(text): void {
      // The callback form reports a dead socket there instead of throwing; `close` tells the owner.
      if (socket.readyState === WebSocket.OPEN) socket.send(text, ignoreSendError);
    },
    close(code, reason): void {
      socket.close(code, reason);
    },
    terminate(): void {
      socket.terminate();
    },
    pause(paused): void {
      if (paused) socket.pause();
      else socket.resume();
    },
  };
}

function ignoreSendError(): void {}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}
