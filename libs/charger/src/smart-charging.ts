/**
 * Owns charging profiles and the limit that follows from them. Version-neutral: the dialects translate their profiles.
 * Rules: OCPP 1.6 §3.13, 2.x K01: per purpose the highest stack level with a period now wins; a transaction profile
 * replaces the default one; the station's maximum caps everything.
 */
import { round } from './metering.ts';

/** What a profile limits. */
export type ProfilePurpose = 'Station' | 'Default' | 'Transaction';

/** One step of a schedule. */
export interface ProfilePeriod {
  readonly startS: number;
  readonly limit: number;
}

/** A charging profile. */
export interface Profile {
  readonly id: number;
  readonly stackLevel: number;
  readonly purpose: ProfilePurpose;
  readonly kind: 'Absolute' | 'Daily' | 'Weekly' | 'Relative';
  /** Connector or EVSE; 0 is the whole charger. */
  readonly connectorId: number;
  readonly validFromMs: number | undefined;
  readonly validToMs: number | undefined;
  /** Start of the schedule; undefined means: with the transaction, or now. */
  readonly startMs: number | undefined;
  readonly durationS: number | undefined;
  readonly unit: 'A' | 'W';
  readonly periods: readonly ProfilePeriod[];
}

/** Which profiles to remove; absent fields match everything. */
export interface ProfileFilter {
  readonly id?: number | undefined;
  readonly connectorId?: number | undefined;
  readonly purpose?: ProfilePurpose | undefined;
  readonly stackLevel?: number | undefined;
}

/** What a limit is computed for. */
export interface LimitContext {
  readonly connectorId: number;
  readonly transactionStartedMs: number | undefined;
  readonly phases: number;
  readonly voltageV: number;
  readonly maxCurrentA: number;
}

/** Most profiles that one charger holds. */
export const PROFILES_MAX = 10;
const DAY_S = 86_400;
const PERIODS_MAX = 24;

/** The profiles of one charger. */
export class ProfileShelf {
  #profiles: Profile[] = [];

  /** Profiles installed. */
  list(): readonly Profile[] {
    return this.#profiles;
  }

  /** Installs a profile, replacing the one with its id or with its purpose, level and place. False when the shelf is full. */
  set(profile: Profile): boolean {
    const kept = this.#profiles.filter((other) => other.id !== profile.id && !samePlace(other, profile));
    if (kept.length >= PROFILES_MAX) return false;
    this.#profiles = [...kept, profile];
    return true;
  }

  /** Removes what matches; tells how many. */
  clear(filter: ProfileFilter): number {
    const before = this.#profiles.length;
    this.#profiles = this.#profiles.filter((profile) => !matches(profile, filter));
    return before - this.#profiles.length;
  }

  /** Removes the transaction profiles of a connector: they end with their transaction. */
  endTransaction(connectorId: number): void {
    this.clear({ connectorId, purpose: 'Transaction' });
  }

  /** Amperes per phase that may flow at `atMs`. */
  limitA(context: LimitContext, atMs: number): number {
    if (this.#profiles.length === 0) return context.maxCurrentA;
    const limitOf = (purpose: ProfilePurpose): number | undefined => this.#strongest(purpose, context, atMs);
    const own = limitOf('Transaction') ?? limitOf('Default') ?? context.maxCurrentA;
    return Math.max(0, Math.min(own, limitOf('Station') ?? context.maxCurrentA, context.maxCurrentA));
  }

  /** The limits from `fromMs` for `durationS`, as periods in `unit`. */
  composite(context: LimitContext, fromMs: number, schedule: { durationS: number; unit: 'A' | 'W' }): ProfilePeriod[] {
    const factor = schedule.unit === 'W' ? context.voltageV * context.phases : 1;
    const periods: ProfilePeriod[] = [];
    // Without a transaction, schedules that start with one start now.
    const anchored = { ...context, transactionStartedMs: context.transactionStartedMs ?? fromMs };
    for (const startS of this.#changes(anchored, fromMs, schedule.durationS)) {
      const limit = round(this.limitA(anchored, fromMs + startS * 1000) * factor, 1);
      if (periods.at(-1)?.limit !== limit && periods.length < PERIODS_MAX) periods.push({ startS, limit });
    }
    return periods;
  }

  #strongest(purpose: ProfilePurpose, context: LimitContext, atMs: number): number | undefined {
    let best: { level: number; limitA: number } | undefined;
    for (const profile of this.#profiles) {
      if (profile.purpose !== purpose || !appliesTo(profile, context.connectorId)) continue;
      if (best !== undefined && best.level >= profile.stackLevel) continue;
      const limit = limitNow(profile, context, atMs);
      if (limit === undefined) continue;
      const limitA = profile.unit === 'W' ? limit / (context.voltageV * context.phases) : limit;
      best = { level: profile.stackLevel, limitA };
    }
    return best?.limitA;
  }

  /** Offsets at which any profile may change the limit: starts of periods, ends of schedules, validity. */
  #changes(context: LimitContext, fromMs: number, durationS: number): readonly number[] {
    const offsets = new Set<number>([0]);
    const add = (atMs: number): void => {
      const offsetS = Math.ceil((atMs - fromMs) / 1000);
      if (offsetS > 0 && offsetS < durationS) offsets.add(offsetS);
    };
    for (const profile of this.#profiles) {
      if (profile.validFromMs !== undefined) add(profile.validFromMs);
      if (profile.validToMs !== undefined) add(profile.validToMs);
      const cycleS = cycleOf(profile);
      for (let atMs = fromMs; atMs <= fromMs + durationS * 1000; atMs += (cycleS ?? durationS + 1) * 1000) {
        const startMs = startOf(profile, context, atMs);
        for (const period of profile.periods) add(startMs + period.startS * 1000);
        if (profile.durationS !== undefined) add(startMs + profile.durationS * 1000);
        if (cycleS !== undefined) add(startMs + cycleS * 1000);
      }
    }
    return [...offsets].sort((a, b) => a - b);
  }
}

function limitNow(profile: Profile, context: LimitContext, atMs: number): number | undefined {
  if (profile.validFromMs !== undefined && atMs < profile.validFromMs) return undefined;
  if (profile.validToMs !== undefined && atMs >= profile.validToMs) return undefined;
  const intoS = (atMs - startOf(profile, context, atMs)) / 1000;
  if (intoS < 0 || (profile.durationS !== undefined && intoS >= profile.durationS)) return undefined;
  let limit: number | undefined;
  for (const period of profile.periods) if (period.startS <= intoS) limit = period.limit;
  return limit;
}

function startOf(profile: Profile, context: LimitContext, atMs: number): number {
  const startMs = profile.kind === 'Relative' ? context.transactionStartedMs : profile.startMs;
  if (startMs === undefined) return context.transactionStartedMs ?? atMs;
  const cycleS = cycleOf(profile);
  if (cycleS === undefined) return startMs;
  return startMs + Math.floor((atMs - startMs) / (cycleS * 1000)) * cycleS * 1000;
}

function cycleOf(profile: Profile): number | undefined {
  return profile.kind === 'Daily' ? DAY_S : profile.kind === 'Weekly' ? 7 * DAY_S : undefined;
}

function appliesTo(profile: Profile, connectorId: number): boolean {
  return profile.connectorId === 0 || profile.connectorId === connectorId;
}

function samePlace(a: Profile, b: Profile): boolean {
  return a.purpose === b.purpose && a.stackLevel === b.stackLevel && a.connectorId === b.connectorId;
}

function matches(profile: Profile, filter: ProfileFilter): boolean {
  return (
    (filter.id === undefined || filter.id === profile.id) &&
    (filter.connectorId === undefined || filter.connectorId === profile.connectorId) &&
    (filter.purpose === undefined || filter.purpose === profile.purpose) &&
    (filter.stackLevel === undefined || filter.stackLevel === profile.stackLevel)
  );
}
