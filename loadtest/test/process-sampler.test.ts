import { describe, expect, it } from 'vitest';
import { loopStallMsIn } from '../src/process-sampler.ts';

const TOLD = `# HELP nodejs_eventloop_lag_min_seconds The minimum recorded event loop delay.
# TYPE nodejs_eventloop_lag_min_seconds gauge
nodejs_eventloop_lag_min_seconds{service="edge"} 0.050003967
nodejs_eventloop_lag_max_seconds{service="edge"} 0.212992127
`;

describe('the longest standstill of an event loop', () => {
  it('is what a process tells, without the time between two looks', () => {
    expect(loopStallMsIn(TOLD)).toBeCloseTo(162.988, 3);
  });

  it('is unknown where a process tells nothing', () => {
    expect(loopStallMsIn('')).toBeNaN();
  });
});
