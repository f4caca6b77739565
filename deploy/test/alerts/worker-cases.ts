import { type AlertCase, growing, steady, stepped } from './alert-case.ts';

const worker = (metric: string, labels = '', instance = 'a'): string =>
  `voltlane_worker_${metric}{namespace="v",service="worker",instance="${instance}"${labels === '' ? '' : `,${labels}`}}`;
const bucket = (le: string): string => worker('append_seconds_bucket', `class="state",le="${le}"`);
const commands = (outcome: string): string => worker('commands_total', `outcome="${outcome}"`);
const asks = (outcome: string): string => worker('handler_asks_total', `outcome="${outcome}"`);
const session = (event: string): string => worker('sessions_total', `event="${event}"`);

/** Cases of worker-alerts.ts. */
export const WORKER_CASES: readonly AlertCase[] = [
  {
    alert: 'VoltlanePartitionUnowned',
    fires: { [worker('partitions_unowned')]: steady(3), [worker('partitions_unowned', '', 'b')]: steady(256) },
    // A fenced worker sees none of them owned; the other one knows better.
    quiet: { [worker('partitions_unowned')]: steady(0), [worker('partitions_unowned', '', 'b')]: steady(256) },
  },
  {
    alert: 'VoltlaneWorkerFenced',
    fires: { [worker('self_fenced_total')]: '0+0x10 1+0x5 2+0x40' },
    quiet: {
      [worker('self_fenced_total')]: stepped(0, 10, 1),
      [worker('self_fenced_total', '', 'b')]: stepped(0, 10, 1),
    },
  },
  {
    alert: 'VoltlaneAppendConflicts',
    fires: { [worker('append_conflicts_total')]: growing(4) },
    quiet: { [worker('append_conflicts_total')]: growing(2) },
  },
  {
    alert: 'VoltlaneAppendErrors',
    fires: { [worker('append_failures_total', 'class="state"')]: growing(1) },
    // An election of JetStream.
    quiet: { [worker('append_failures_total', 'class="state"')]: stepped(0, 28, 300) },
  },
  {
    alert: 'VoltlaneAppendSlow',
    fires: { [bucket('0.5')]: growing(90), [bucket('2.5')]: growing(100), [bucket('+Inf')]: growing(100) },
    quiet: { [bucket('0.5')]: growing(100), [bucket('2.5')]: growing(100), [bucket('+Inf')]: growing(100) },
  },
  {
    alert: 'VoltlaneMessagesGivenUp',
    fires: { [worker('failures_total')]: stepped(0, 26, 1) },
    quiet: { [worker('failures_total')]: steady(1) },
  },
  {
    alert: 'VoltlaneDuplicateSpike',
    fires: {
      [worker('duplicates_total', 'kind="resend"')]: growing(20),
      [worker('calls_total', 'action="Heartbeat",result="result"')]: growing(100),
    },
    quiet: {
      [worker('duplicates_total', 'kind="resend"')]: growing(8),
      [worker('calls_total', 'action="Heartbeat",result="result"')]: growing(100),
    },
  },
  {
    alert: 'VoltlaneConflictingContent',
    fires: { [worker('conflicting_content_total')]: growing(1) },
    quiet: { [worker('conflicting_content_total')]: stepped(0, 5, 3) },
  },
  {
    alert: 'VoltlaneDuplicateIdentity',
    fires: { [session('duplicateIdentity')]: stepped(0, 10, 1) },
    quiet: { [session('replaced')]: growing(10), [session('duplicateIdentity')]: steady(4) },
  },
  {
    alert: 'VoltlaneMailboxesFull',
    fires: { [worker('refused_total', 'reason="full"')]: growing(1) },
    quiet: { [worker('refused_total', 'reason="not-owned"')]: growing(100) },
  },
  {
    alert: 'VoltlaneWorkerPressure',
    fires: { [worker('under_pressure')]: steady(1) },
    quiet: { [worker('under_pressure')]: '1+0x8 0+0x0 1+0x8 0+0x0 1+0x8 0+0x20' },
  },
  {
    alert: 'VoltlaneCommandTimeouts',
    fires: { [commands('accepted')]: growing(6, 90), [commands('timeout')]: growing(2, 90) },
    // Chargers that are away are no timeouts.
    quiet: {
      [commands('accepted')]: growing(6, 90),
      [commands('timeout')]: growing(1, 90),
      [commands('offline')]: growing(20, 90),
    },
    at: '1h',
  },
  {
    alert: 'VoltlaneHandlersFailing',
    fires: { [asks('answered')]: growing(40), [asks('timeout')]: growing(5) },
    quiet: { [asks('answered')]: growing(40), [asks('declined')]: growing(20), [asks('timeout')]: growing(4) },
  },
  {
    alert: 'VoltlaneJournalTrimFailing',
    fires: { [worker('journal_trim_failures_total')]: growing(1) },
    quiet: { [worker('journal_trim_failures_total')]: stepped(0, 10, 2) },
  },
];
