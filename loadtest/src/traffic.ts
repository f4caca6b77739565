/** How much the chargers say, as intervals; and the same mix at another rate. Pure. */

/** Intervals of one charger. */
export interface Traffic {
  /** Between Heartbeats, ms; 0: none. */
  readonly heartbeatMs: number;
  /** Share of chargers that charge at any time, 0 to 0.9. */
  readonly chargingShare: number;
  /** Between meter values of a charging charger, ms. */
  readonly meterMs: number;
  /** Length of a charging session, ms. */
  readonly sessionMs: number;
}

/** 100,000 chargers make 2,370 calls a second of it. */
export const USUAL_TRAFFIC: Traffic = {
  heartbeatMs: 60_000,
  chargingShare: 0.3,
  meterMs: 60_000,
  sessionMs: 600_000,
};

/** Start, stop and the two status reports around them. */
const CALLS_PER_SESSION = 4;

/** Calls per second of so many chargers. */
export function callsPerSecond(traffic: Traffic, chargers: number): number {
  const { heartbeatMs, chargingShare, meterMs, sessionMs } = traffic;
  const heartbeats = heartbeatMs === 0 ? 0 : 1000 / heartbeatMs;
  const meters = (chargingShare * 1000) / meterMs;
  const sessions = ((CALLS_PER_SESSION * 1000) / sessionMs) * chargingShare;
  return chargers * (heartbeats + meters + sessions);
}

/** The share of calls that leave something in the journal. */
export function journalledShare(traffic: Traffic): number {
  const all = callsPerSecond(traffic, 1);
  return all === 0 ? 0 : callsPerSecond({ ...traffic, heartbeatMs: 0 }, 1) / all;
}

/** The same mix with all intervals shortened or stretched so that `chargers` make `rate` calls a second. */
export function trafficAt(traffic: Traffic, chargers: number, rate: number): Traffic {
  const factor = callsPerSecond(traffic, chargers) / rate;
  return {
    heartbeatMs: traffic.heartbeatMs * factor,
    chargingShare: traffic.chargingShare,
    meterMs: traffic.meterMs * factor,
    sessionMs: traffic.sessionMs * factor,
  };
}

/** Time between the end of a session and the start of the next, so that the share of charging chargers holds. */
export function pauseMs({ chargingShare, sessionMs }: Traffic): number {
  return chargingShare === 0 ? Number.POSITIVE_INFINITY : (sessionMs * (1 - chargingShare)) / chargingShare;
}
