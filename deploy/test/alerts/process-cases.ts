import { type AlertCase, steady, stepped } from './alert-case.ts';

const up = (service: string, instance = 'a'): string =>
  `up{job="voltlane-${service}",namespace="v",instance="${instance}"}`;
const of = (metric: string, service = 'edge'): string =>
  `${metric}{namespace="v",service="${service}",job="j",instance="a"}`;

/** Cases of process-alerts.ts. */
export const PROCESS_CASES: readonly AlertCase[] = [
  {
    alert: 'VoltlaneServiceAbsent',
    fires: { [up('edge')]: steady(1), [up('worker')]: steady(0), [up('api')]: steady(1) },
    quiet: {
      [up('edge')]: steady(1),
      [up('worker')]: steady(0),
      [up('worker', 'b')]: steady(1),
      [up('api')]: steady(1),
    },
  },
  {
    alert: 'VoltlaneProcessDown',
    fires: { [up('worker')]: steady(0), [up('worker', 'b')]: steady(1) },
    quiet: { [up('worker')]: '1+0x28 0+0x1 1+0x30', [up('other')]: steady(0) },
  },
  {
    alert: 'VoltlaneRestarting',
    fires: { [of('process_start_time_seconds')]: '1+0x5 2+0x5 3+0x5 4+0x40' },
    quiet: {
      [of('process_start_time_seconds')]: '1+0x5 2+0x5 3+0x50',
      [of('process_start_time_seconds', 'else')]: '1+1x60',
    },
  },
  {
    alert: 'VoltlaneEventLoopLag',
    fires: { [of('nodejs_eventloop_lag_p99_seconds')]: steady(0.25) },
    quiet: {
      [of('nodejs_eventloop_lag_p99_seconds')]: stepped(0.1, 26, 0.25),
      [of('nodejs_eventloop_lag_p99_seconds', 'else')]: steady(3),
    },
  },
  {
    alert: 'VoltlaneFileDescriptors',
    fires: { [of('process_open_fds')]: steady(17_100), [of('process_max_fds')]: steady(20_000) },
    quiet: { [of('process_open_fds')]: steady(16_900), [of('process_max_fds')]: steady(20_000) },
  },
  {
    alert: 'VoltlaneMemory',
    fires: { [of('nodejs_heap_size_used_bytes')]: steady(90), [of('voltlane_heap_limit_bytes')]: steady(100) },
    quiet: {
      [of('nodejs_heap_size_used_bytes')]: steady(80),
      [of('voltlane_heap_limit_bytes')]: steady(100),
      [of('process_resident_memory_bytes')]: steady(160),
      [of('voltlane_memory_limit_bytes')]: steady(200),
    },
  },
];
