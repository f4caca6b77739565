/** Passes what is seen to the invariants that want to hear it, and collects what they say. */
import type { ChargerEvent } from '@voltlane/charger';
import {
  type Acting,
  type CommandTold,
  type CreateInvariant,
  type DownlinkSeen,
  type Ending,
  type FrameHead,
  frameHead,
  type Invariant,
  type Levels,
  type LinkView,
  type Recorded,
} from './invariant.ts';

/** A promise that was broken. */
export interface Violation {
  readonly invariant: string;
  readonly atMs: number;
  readonly charger: string | undefined;
  readonly text: string;
}

/** Violations kept; one is enough to fail a run. */
const VIOLATIONS_MAX = 100;

/** All invariants of one run. */
export class Witnesses {
  readonly violations: Violation[] = [];
  readonly #invariants: readonly Invariant[];
  readonly #nowMs: () => number;
  readonly #onFirst: () => void;

  constructor(create: readonly CreateInvariant[], nowMs: () => number, onFirst: () => void) {
    this.#nowMs = nowMs;
    this.#onFirst = onFirst;
    this.#invariants = create.map((make): Invariant => {
      const invariant: Invariant = make((charger, text) => this.report(invariant.name, charger, text));
      return invariant;
    });
  }

  /** Takes a violation. */
  report(invariant: string, charger: string | undefined, text: string): void {
    if (this.violations.length === 0) this.#onFirst();
    if (this.violations.length < VIOLATIONS_MAX) {
      this.violations.push({ invariant, charger, text, atMs: this.#nowMs() });
    }
  }

  frame(link: LinkView, way: 'up' | 'down', text: string): void {
    const head: FrameHead = frameHead(text);
    const nowMs = this.#nowMs();
    for (const invariant of this.#invariants) invariant.frame?.(link, way, head, nowMs);
  }

  link(link: LinkView, what: 'opened' | 'chargerClosed' | 'edgeClosed'): void {
    const nowMs = this.#nowMs();
    for (const invariant of this.#invariants) invariant.link?.(link, what, nowMs);
  }

  recorded(recorded: Recorded): void {
    for (const invariant of this.#invariants) invariant.recorded?.(recorded);
  }

  believed(charger: string, event: ChargerEvent): void {
    for (const invariant of this.#invariants) invariant.believed?.(charger, event);
  }

  downlink(seen: DownlinkSeen): void {
    for (const invariant of this.#invariants) invariant.downlink?.(seen);
  }

  acted(seen: DownlinkSeen): void {
    for (const invariant of this.#invariants) invariant.acted?.(seen);
  }

  acting(acting: Acting): void {
    for (const invariant of this.#invariants) invariant.acting?.(acting);
  }

  disturbed(on: boolean): void {
    const nowMs = this.#nowMs();
    for (const invariant of this.#invariants) invariant.disturbed?.(on, nowMs);
  }

  told(told: CommandTold): void {
    for (const invariant of this.#invariants) invariant.told?.(told);
  }

  levels(levels: Levels): void {
    for (const invariant of this.#invariants) invariant.levels?.(levels);
  }

  ended(ending: Ending): void {
    for (const invariant of this.#invariants) invariant.ended?.(ending);
  }
}
