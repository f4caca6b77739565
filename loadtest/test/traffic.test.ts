import { describe, expect, it } from 'vitest';
import { callsPerSecond, journalledShare, pauseMs, trafficAt, USUAL_TRAFFIC } from '../src/traffic.ts';

describe('traffic', () => {
  it('is at least 2,000 calls a second of 100,000 chargers', () => {
    expect(callsPerSecond(USUAL_TRAFFIC, 100_000)).toBeCloseTo(2_366.7, 0);
  });

  it('keeps its mix at another rate', () => {
    const faster = trafficAt(USUAL_TRAFFIC, 1_000, 500);
    expect(callsPerSecond(faster, 1_000)).toBeCloseTo(500, 6);
    expect(journalledShare(faster)).toBeCloseTo(journalledShare(USUAL_TRAFFIC), 6);
  });

  it('pauses so that the share of charging chargers holds', () => {
    const pause = pauseMs(USUAL_TRAFFIC);
    expect(USUAL_TRAFFIC.sessionMs / (USUAL_TRAFFIC.sessionMs + pause)).toBeCloseTo(0.3, 6);
    expect(pauseMs({ ...USUAL_TRAFFIC, chargingShare: 0 })).toBe(Number.POSITIVE_INFINITY);
  });

  it('may have no heartbeats', () => {
    expect(journalledShare({ ...USUAL_TRAFFIC, heartbeatMs: 0 })).toBe(1);
  });
});
