/** A charger that answers commands as the test says, over one socket after the other, and remembers every CALL it ever saw. */
import type { OcppVersion } from '@voltlane/ocpp';
import { waitUntil } from '@voltlane/testkit';
import { sleep, systemClock } from '@voltlane/time';
import { WebSocket } from 'ws';

/** A CALL as it came. */
export interface SeenCall {
  readonly id: string;
  readonly action: string;
  /** The whole frame. */
  readonly frame: string;
  /** When it came, monotonic ms. */
  readonly atMs: number;
}

/** One charger. */
export interface CommandCharger {
  readonly id: string;
  /** CALLs over all its sockets, oldest first. */
  readonly calls: readonly SeenCall[];
  /** Other frames, oldest first. */
  readonly frames: readonly string[];
  /** Close codes of its sockets. */
  readonly closes: readonly number[];
  readonly online: () => boolean;
  /** The URL it dialled last. */
  readonly url: () => string;
  /** Connects, boots when asked to, and from then on comes back by itself, to the URLs in turn. */
  start(): Promise<void>;
  /** Sends a frame over the socket of now. */
  send(frame: string): void;
  /** Cuts the socket and stays away until `start`. */
  leave(): void;
}

/** How it behaves. */
export interface CommandChargerOptions {
  readonly urls: readonly string[];
  readonly id: string;
  readonly version: OcppVersion;
  /** Sends a BootNotification after the first connection; default true. */
  readonly boots?: boolean;
  /** The frame that answers a CALL; undefined says nothing. */
  readonly answer: (call: SeenCall) => string | undefined;
}

const SUBPROTOCOLS: Readonly<Record<OcppVersion, string>> = {
  '1.6': 'ocpp1.6',
  '2.0.1': 'ocpp2.0.1',
  '2.1': 'ocpp2.1',
};
const BOOTS: Readonly<Record<OcppVersion, object>> = {
  '1.6': { chargePointVendor: 'V', chargePointModel: 'M' },
  '2.0.1': { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } },
  '2.1': { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } },
};
const RETRY_MS = 100;

/** Makes one; it does nothing before `start`. */
export function createCommandCharger(options: CommandChargerOptions): CommandCharger {
  const { urls, id, version, boots = true, answer } = options;
  const calls: SeenCall[] = [];
  const frames: string[] = [];
  const closes: number[] = [];
  let socket: WebSocket | undefined;
  let wanted = false;
  let booted = false;
  let dials = 0;

  const received = (from: WebSocket, frame: string): void => {
    const [type, messageId, action]: unknown[] = JSON.parse(frame);
    if (type !== 2) {
      frames.push(frame);
      return;
    }
    const call = { id: String(messageId), action: String(action), frame, atMs: systemClock.monotonicMs() };
    calls.push(call);
    const reply = answer(call);
    if (reply !== undefined && from.readyState === WebSocket.OPEN) from.send(reply);
  };
  const dial = (): Promise<WebSocket | undefined> => {
    const url = urls[dials % urls.length] ?? '';
    dials += 1;
    const made = new WebSocket(`${url}/${encodeURIComponent(id)}`, SUBPROTOCOLS[version]);
    made.on('message', (data: Buffer) => received(made, data.toString('utf8')));
    return new Promise((resolve) => {
      made.once('open', () => resolve(made));
      made.on('error', () => resolve(undefined));
      made.once('close', (code) => {
        closes.push(code);
        resolve(undefined);
        if (socket !== made) return;
        socket = undefined;
        if (wanted) void connect();
      });
    });
  };
  const connect = async (): Promise<void> => {
    while (wanted && socket === undefined) {
      const made = await dial();
      if (!wanted) made?.terminate();
      else if (made === undefined || made.readyState !== WebSocket.OPEN) await sleep(systemClock, RETRY_MS);
      else socket = made;
    }
  };
  return {
    id,
    calls,
    frames,
    closes,
    online: () => socket !== undefined,
    url: () => urls[(dials - 1) % urls.length] ?? '',
    start: async () => {
      wanted = true;
      await connect();
      if (!boots || booted) return;
      booted = true;
      socket?.send(JSON.stringify([2, 'boot', 'BootNotification', BOOTS[version]]));
      const accepted = await waitUntil(`${id} has booted`, () => frames.find((frame) => frame.startsWith('[3,"boot"')));
      if (!accepted.includes('"Accepted"')) throw new Error(`${id} was not accepted: ${accepted}`);
    },
    send: (frame) => socket?.send(frame),
    leave: () => {
      wanted = false;
      const left = socket;
      socket = undefined;
      left?.terminate();
    },
  };
}

/** The CALLRESULT of a CALL. */
export function resultOf(call: SeenCall, payload: object = { status: 'Accepted' }): string {
  return JSON.stringify([3, call.id, payload]);
}
