/** Owns the periodic event stream of 2.1 (functional block N): open, notify by SEND. Closing is one plain CALL. */
import { isoTime } from '@voltlane/time';
import { ownError } from './errors.ts';
import { textField } from './json-fields.ts';
import type { Reading } from './metering.ts';
import type { OutMessage, Unit } from './unit.ts';

/** Opens a stream for the power reading; undefined when the CSMS does not want one. */
export async function openStream(unit: Unit): Promise<number | undefined> {
  const id = 1 + Math.floor(unit.random.next() * 1_000_000);
  const params = { interval: 1, values: 1 };
  try {
    const answer = await unit.call('OpenPeriodicEventStream', {
      constantStreamData: { id, variableMonitoringId: id, params },
    });
    return textField(answer, 'status') === 'Accepted' ? id : undefined;
  } catch (thrown) {
    // The stream is an extra: the session goes on without it; the RPC layer has counted the failure.
    ownError(thrown);
    return undefined;
  }
}

/** One value for the stream. */
export function streamNotification(id: number, reading: Reading, nowMs: number): OutMessage {
  const data = [{ t: 0, v: String(reading.powerW) }];
  return { action: 'NotifyPeriodicEventStream', payload: { id, pending: 0, basetime: isoTime(nowMs), data } };
}
