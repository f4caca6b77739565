/**
 * Owns links without sockets: two ends in one process, texts delivered in order in microtasks, no clock. For tests and
 * for anything that brings its own network.
 */
import type { ChargerLink, Connect, LinkEvents, LinkTarget } from './link.ts';

/** Decides about one connection attempt and returns what the CSMS end wants to hear. Throw to refuse the handshake. */
export type MemoryAccept = (target: LinkTarget, toCharger: ChargerLink) => LinkEvents;

/** A `Connect` whose other end is a function of this process. */
export function createMemoryConnect(accept: MemoryAccept): Connect {
  return (target, chargerEvents) => {
    // Each end sends to the other end's events; `wire` holds what both share.
    const wire: Wire = { open: true };
    const csmsInbox: Inbox = { events: undefined, waiting: [], paused: false, ended: false };
    const chargerInbox: Inbox = { events: chargerEvents, waiting: [], paused: false, ended: false };
    const subprotocol = target.subprotocols[0] ?? '';
    const chargerEnd = createEnd(wire, { own: chargerInbox, peer: csmsInbox, subprotocol });
    const csmsEnd = createEnd(wire, { own: csmsInbox, peer: chargerInbox, subprotocol });
    try {
      csmsInbox.events = accept(target, csmsEnd);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
    return Promise.resolve(chargerEnd);
  };
}

interface Wire {
  open: boolean;
}

interface Inbox {
  events: LinkEvents | undefined;
  waiting: string[];
  paused: boolean;
  ended: boolean;
}

function createEnd(wire: Wire, ends: { own: Inbox; peer: Inbox; subprotocol: string }): ChargerLink {
  const { own, peer, subprotocol } = ends;
  const finish = (code: number, reason: string): void => {
    if (!wire.open) return;
    wire.open = false;
    own.ended = true;
    // Behind what was sent before: a close frame travels after the texts, a lost connection takes them along.
    if (code === 1006) peer.ended = true;
    queueMicrotask(() => {
      peer.ended = true;
      peer.events?.onClose(code, reason);
      own.events?.onClose(code, reason);
    });
  };
  return {
    subprotocol,
    send(text): void {
      if (!wire.open) return;
      peer.waiting.push(text);
      queueMicrotask(() => {
        deliver(peer);
      });
    },
    close: finish,
    terminate(): void {
      finish(1006, '');
    },
    pause(paused): void {
      own.paused = paused;
      deliver(own);
    },
  };
}

function deliver(inbox: Inbox): void {
  while (!inbox.ended && !inbox.paused && inbox.events !== undefined) {
    const text = inbox.waiting.shift();
    if (text === undefined) return;
    inbox.events.onText(text);
  }
}
