/** Every CSMS action of every version gets an answer that its schema allows. */
import { actionsOf, OCPP_VERSIONS, validate } from '@voltlane/ocpp';
import { loadSamplePayloads } from '@voltlane/testkit';
import { describe, expect, it } from 'vitest';
import { bootedRig } from './harness.ts';

const samples = await loadSamplePayloads();

const EXPECTED = { '1.6': 26, '2.0.1': 40, '2.1': 55 };

describe.each(OCPP_VERSIONS)('commands of OCPP %s', (version) => {
  const actions = actionsOf(version)
    .filter(({ sender }) => sender !== 'charger')
    .map(({ action }) => action);

  it('covers the whole table', () => {
    expect(actions).toHaveLength(EXPECTED[version]);
  });

  it.each(actions)('%s is answered as its schema says', async (action) => {
    const request = samples.minimal(version, action, 'request');
    expect(validate(version, action, 'request', request, 'strict')).toBeUndefined();
    const { csms, charger, pass, events } = await bootedRig(version);
    const answer = csms.command(action, request);
    await pass(20_000);
    const frame = await answer;
    expect(frame).toMatchObject({ kind: 'result' });
    const payload = frame.kind === 'result' ? frame.payload : undefined;
    expect(validate(version, action, 'response', payload, 'strict')).toBeUndefined();
    // What follows from the command must fit its schema, too.
    expect(csms.violations).toEqual([]);
    expect(events('bad-frame')).toEqual([]);
    charger.stop();
  });

  it('answers an unknown action with NotImplemented and an invalid payload with the right code', async () => {
    const { csms, charger, pass } = await bootedRig(version);
    const unknown = csms.command('Sing', {});
    const invalid = csms.command('Reset', {});
    await pass(0);
    expect(await unknown).toMatchObject({ kind: 'error', code: 'NotImplemented' });
    expect(await invalid).toMatchObject({
      kind: 'error',
      code: version === '1.6' ? 'OccurenceConstraintViolation' : 'OccurrenceConstraintViolation',
    });
    charger.stop();
  });
});
