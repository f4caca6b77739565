/** Boot and reconnect rules on a fake clock. */
import { describe, expect, it } from 'vitest';
import { bootedRig, createRig } from './harness.ts';

const TIME = '2026-01-01T00:00:00.000Z';

describe('boot', () => {
  it('sends nothing but BootNotification until it is accepted, again after the interval', async () => {
    const rig = createRig('1.6');
    let status = 'Rejected';
    rig.csms.answers.set('BootNotification', () => ({ status, currentTime: TIME, interval: 40 }));
    void rig.charger.start();
    await rig.pass(39_000);
    expect(rig.csms.actions()).toEqual(['BootNotification']);
    status = 'Pending';
    await rig.pass(2000);
    expect(rig.csms.actions()).toEqual(['BootNotification', 'BootNotification']);
    await expect(rig.charger.call('Heartbeat', {})).resolves.toBeDefined();
    status = 'Accepted';
    await rig.pass(40_000);
    expect(rig.csms.actions().slice(3)).toEqual(['BootNotification', 'StatusNotification', 'StatusNotification']);
    rig.charger.stop();
  });

  it('refuses to send other calls while rejected', async () => {
    const rig = createRig('1.6');
    rig.csms.answers.set('BootNotification', () => ({ status: 'Rejected', currentTime: TIME, interval: 40 }));
    void rig.charger.start();
    await rig.pass(0);
    await expect(rig.charger.call('Heartbeat', {})).rejects.toMatchObject({ code: 'not-accepted' });
    rig.charger.stop();
  });

  it('tries again when BootNotification is not answered', async () => {
    const rig = createRig('2.0.1');
    rig.csms.answers.set('BootNotification', () => 'silence');
    void rig.charger.start();
    await rig.pass(30_000 + 30_000);
    expect(rig.csms.actions()).toEqual(['BootNotification', 'BootNotification']);
    rig.charger.stop();
  });

  it('takes the time of the CSMS when its own is wrong', async () => {
    const rig = createRig('1.6');
    rig.csms.answers.set('BootNotification', () => ({
      status: 'Accepted',
      currentTime: '2030-01-01T00:00:00Z',
      interval: 300,
    }));
    void rig.charger.start();
    await rig.pass(0);
    expect(rig.csms.heard.at(-1)?.payload['timestamp']).toBe('2030-01-01T00:00:00.000Z');
    rig.charger.stop();
  });
});

describe('heartbeat', () => {
  it('is sent only after a whole interval without any other message', async () => {
    const { charger, csms, pass } = await bootedRig('1.6');
    await pass(299_000);
    expect(csms.actions()).not.toContain('Heartbeat');
    void charger.call('DataTransfer', { vendorId: 'x' });
    await pass(299_000);
    expect(csms.actions()).not.toContain('Heartbeat');
    await pass(2000);
    expect(csms.actions().filter((action) => action === 'Heartbeat')).toHaveLength(1);
    charger.stop();
  });
});

describe('reconnect', () => {
  it('sends no BootNotification after the link was lost', async () => {
    const { charger, csms, pass, dials } = await bootedRig('1.6');
    csms.links.at(-1)?.terminate();
    await pass(10_000);
    expect(dials()).toBe(2);
    await charger.call('Heartbeat', {});
    expect(csms.actions().filter((action) => action === 'BootNotification')).toHaveLength(1);
    charger.stop();
  });

  it('boots again after a reset that the CSMS asked for', async () => {
    const { charger, csms, pass } = await bootedRig('2.0.1');
    void csms.command('Reset', { type: 'Immediate' });
    await pass(10_000);
    const boots = csms.heard.filter(({ action }) => action === 'BootNotification');
    expect(boots.map(({ payload }) => payload['reason'])).toEqual(['PowerUp', 'RemoteReset']);
    charger.stop();
  });

  it('waits the minimum plus a random part and doubles it up to the limit', async () => {
    const reconnect = { waitMinimumMs: 1000, randomRangeMs: 500, repeatTimes: 3 };
    const { charger, csms, pass, setDown, events } = await bootedRig('1.6', { reconnect });
    setDown(true);
    csms.links.at(-1)?.terminate();
    await pass(120_000);
    const lost = events('disconnected')[0]?.retryInMs ?? 0;
    const waits = [lost, ...events('connect-failed').map(({ retryInMs }) => retryInMs)].slice(0, 6);
    const bases = [1000, 2000, 4000, 8000, 8000, 8000];
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(bases[index] ?? 0);
      expect(wait).toBeLessThanOrEqual((bases[index] ?? 0) + 500);
    }
    expect(new Set(waits).size).toBeGreaterThan(4);
    setDown(false);
    await pass(10_000);
    csms.links.at(-1)?.terminate();
    await pass(0);
    // A success starts the doubling anew.
    expect(events('disconnected').at(-1)?.retryInMs).toBeLessThanOrEqual(1500);
    charger.stop();
  });

  it('obeys the variables of 2.x for its waits', async () => {
    const { charger, csms, pass, events } = await bootedRig('2.0.1');
    const set = (name: string, value: string): object => ({
      component: { name: 'OCPPCommCtrlr' },
      variable: { name },
      attributeValue: value,
    });
    const setVariableData = [set('RetryBackOffWaitMinimum', '77'), set('RetryBackOffRandomRange', '0')];
    const answer = csms.command('SetVariables', { setVariableData });
    await pass(0);
    expect(JSON.stringify(await answer)).toContain('Accepted');
    csms.links.at(-1)?.terminate();
    await pass(0);
    expect(events('disconnected').at(-1)?.retryInMs).toBe(77_000);
    charger.stop();
  });

  it('never comes back after a clean close when told to play such a charger', async () => {
    const { charger, csms, pass, dials } = await bootedRig('1.6', { reconnect: { redialAfterCleanClose: false } });
    csms.links.at(-1)?.close(1001, 'drain');
    await pass(600_000);
    expect(dials()).toBe(1);
    charger.stop();
  });
});
