import type { StoreFate } from '@voltlane/bus';
import { describe, expect, it } from 'vitest';
import { createRig, sessionOf } from './delegation/rig.ts';
import { BOOT, call, header, opened } from './uplinks.ts';

const METER = { connectorId: 1, meterValue: [{ timestamp: '2026-01-01T10:30:00Z', sampledValue: [{ value: '600' }] }] };

describe('an append without an acknowledgement', () => {
  it('is counted by class of record, and the message is answered once a later one gets through', async () => {
    const fates: StoreFate[] = [];
    const rig = await createRig({ appends: () => fates.shift() ?? 'pass' });
    const failures = (of: string): Promise<number> => rig.metric(`voltlane_worker_append_failures_total{class="${of}"`);
    rig.deliver({ ...opened('CP1'), ...header('CP1', sessionOf('CP1')) });
    await rig.clock.advanceAsync(10);

    fates.push('refuse', 'forget');
    rig.deliver(call('CP1', 1, 'BootNotification', BOOT, header('CP1', sessionOf('CP1'))));
    await rig.clock.advanceAsync(2000);
    expect(await failures('state')).toBe(2);
    expect(await failures('meter')).toBe(0);
    expect(rig.outcomes('CP1', 1)).toHaveLength(1);

    fates.push('refuse');
    rig.deliver(call('CP1', 2, 'MeterValues', METER, header('CP1', sessionOf('CP1'))));
    await rig.clock.advanceAsync(2000);
    expect(await failures('meter')).toBe(1);
    expect(rig.outcomes('CP1', 2)).toEqual([{ kind: 'result', payload: '{}' }]);
  });
});
