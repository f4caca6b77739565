/**
 * What this process knows of the others and since when. Times are its own monotonic milliseconds, handed in; it asks nobody and
 * never decides whether a verdict is allowed (`membership.ts` does).
 */
import type { MemberRecord, MemberState } from './member.ts';

interface Peer {
  state: MemberState;
  live: boolean;
  /** When its entry last changed, or when it got a fresh period. */
  seenMs: number;
  moved: boolean;
  /** When it was last looked for on its line. */
  soughtMs: number;
  /** There is no entry for it: forget it once it is not live. */
  gone: boolean;
}

/** After this many expiries the entry of a dead worker is removed from the bucket. */
const BURIAL_EXPIRIES = 60;
/** Entries removed per tick. */
const BURIALS_MAX = 4;

/** The other members. */
export class PeerTable<Id extends string = string> {
  readonly #expiryMs: number;
  readonly #peers = new Map<Id, Peer>();
  /** The entries found at the start are all here: what comes now is news. */
  known = false;

  constructor(expiryMs: number) {
    this.#expiryMs = expiryMs;
  }

  /** Live members that take partitions. */
  active(): readonly Id[] {
    const active: Id[] = [];
    for (const [worker, peer] of this.#peers) if (peer.live && peer.state === 'active') active.push(worker);
    return active;
  }

  /** Live members with an entry, whatever they do, but observers. */
  present(): readonly Id[] {
    const present: Id[] = [];
    for (const [id, { live, state, gone, moved }] of this.#peers)
      if (live && state !== 'observing' && (!gone || moved)) present.push(id);
    return present;
  }

  /** Live members that only watch. */
  observers(): readonly Id[] {
    const observers: Id[] = [];
    for (const [id, { live, state }] of this.#peers) if (live && state === 'observing') observers.push(id);
    return observers;
  }

  /** True while the worker is not known to be dead. */
  isLive(worker: Id): boolean {
    return this.#peers.get(worker)?.live === true;
  }

  /** True when the worker lives and its entry was seen changing. */
  hasMoved(worker: Id): boolean {
    const peer = this.#peers.get(worker);
    return peer?.live === true && peer.moved;
  }

  /** Members that live. */
  liveCount(): number {
    let count = 0;
    for (const peer of this.#peers.values()) if (peer.live) count += 1;
    return count;
  }

  /** A heartbeat; true when it changes who is active or live. */
  seen(id: Id, record: Pick<MemberRecord, 'state'>, nowMs: number): boolean {
    const peer = this.#peers.get(id);
    if (peer === undefined) {
      const { state } = record;
      this.#peers.set(id, { state, live: true, seenMs: nowMs, moved: this.known, soughtMs: nowMs, gone: false });
      return true;
    }
    const news = !peer.live || peer.state !== record.state;
    peer.state = record.state;
    peer.live = true;
    peer.seenMs = nowMs;
    peer.moved = true;
    peer.gone = false;
    return news;
  }

  /**
   * A fresh claim names this worker, so it lives, and its heartbeat is on its way; true when that is news. Until it arrives, or
   * a period has passed, a stranger's claims count, but it is given nothing.
   */
  sighted(worker: Id, nowMs: number): boolean {
    const peer = this.#peers.get(worker);
    if (peer?.live === true) return false;
    if (peer === undefined) {
      this.#peers.set(worker, {
        state: 'leaving',
        live: true,
        seenMs: nowMs,
        moved: false,
        soughtMs: nowMs,
        gone: true,
      });
      return true;
    }
    peer.live = true;
    peer.seenMs = nowMs;
    return true;
  }

  /**
   * The entry was removed; true when that changes who is live. A worker that had said it is leaving is gone at once. One that
   * had not was removed by somebody else, who may have been wrong: it gets the rest of its period.
   */
  removed(worker: Id): boolean {
    const peer = this.#peers.get(worker);
    if (peer === undefined) return false;
    if (peer.live && peer.state === 'active') {
      peer.gone = true;
      return false;
    }
    this.#peers.delete(worker);
    return peer.live;
  }

  /** A fresh period for all who live. */
  grant(nowMs: number): void {
    for (const peer of this.#peers.values()) if (peer.live) peer.seenMs = nowMs;
  }

  /** Judges: true when somebody died. */
  expire(nowMs: number): boolean {
    let news = false;
    for (const [worker, peer] of this.#peers) {
      if (!peer.live || nowMs - peer.seenMs <= this.#expiryMs) continue;
      peer.live = false;
      news = true;
      if (peer.gone) this.#peers.delete(worker);
    }
    return news;
  }

  /** Those who live and were silent for `silentMs`, each again only after `againMs`. */
  silent(nowMs: number, silentMs: number, againMs: number): readonly { readonly id: Id; readonly seenMs: number }[] {
    const silent: { id: Id; seenMs: number }[] = [];
    for (const [id, peer] of this.#peers) {
      if (!peer.live || nowMs - peer.seenMs <= silentMs || nowMs - peer.soughtMs < againMs) continue;
      peer.soughtMs = nowMs;
      silent.push({ id, seenMs: peer.seenMs });
    }
    return silent;
  }

  /** Nobody holds the line of a member that is silent since `seenMs`; true when that is news. */
  hungUp(id: Id, seenMs: number): boolean {
    const peer = this.#peers.get(id);
    if (peer === undefined || !peer.live || peer.seenMs !== seenMs) return false;
    peer.live = false;
    if (peer.gone) this.#peers.delete(id);
    return true;
  }

  /** Some of the workers that died long ago; each is named again only after another such time. */
  longDead(nowMs: number): readonly Id[] {
    const dead: Id[] = [];
    for (const [worker, peer] of this.#peers) {
      if (dead.length >= BURIALS_MAX) break;
      if (peer.live || nowMs - peer.seenMs <= BURIAL_EXPIRIES * this.#expiryMs) continue;
      peer.seenMs = nowMs;
      dead.push(worker);
    }
    return dead;
  }
}
