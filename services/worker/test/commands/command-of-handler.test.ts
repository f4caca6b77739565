/** A handler that has a charger do something before it decides on a call of that same charger. */
import { openHandlerSettings, readTenantHandlers } from '@voltlane/registry';
import { waitUntil } from '@voltlane/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { call, TENANT } from '../uplinks.ts';
import { type CommandRig, type Json, startCommandRig } from './command-rig.ts';

let rig: CommandRig;

beforeEach(async () => {
  rig = await startCommandRig();
});

afterEach(() => rig.stop());

it('commands the charger and waits for the outcome before it answers, and nothing is stuck', async () => {
  const settings = await openHandlerSettings(rig.backend);
  await settings.put(TENANT, readTenantHandlers({ actions: { DataTransfer: { deadlineMs: 10_000, attempts: 1 } } }));
  const told: Json[] = [];
  rig.backend.subscribe('handle.default.DataTransfer', ({ reply = '' }) => {
    void rig.ask('CP1', 'ClearCache').then((command) => {
      told.push(command);
      rig.backend.publish(reply, Buffer.from(JSON.stringify({ response: { status: 'Accepted' } })));
    });
  });
  await rig.connect('CP1');
  await waitUntil('the workers to know the setting', async () => {
    const before = told.length;
    const answered = rig.uplink(call('CP1', 10 + before, 'DataTransfer', { vendorId: 'v' }));
    const sent = await Promise.race([answered.then(() => undefined), rig.nthCall(before + 1)]);
    if (sent === undefined) return false;
    // The charger's own call is unanswered, and its mailbox is free for the CALL and the answer to it.
    await rig.answer('CP1', sent.id, { kind: 'result', payload: '{"status":"Accepted"}' });
    expect((await answered).outcome).toEqual({ kind: 'result', payload: '{"status":"Accepted"}' });
    return true;
  });
  expect(told).toMatchObject([{ outcome: 'accepted', charger: 'CP1' }]);
  settings.close();
});
