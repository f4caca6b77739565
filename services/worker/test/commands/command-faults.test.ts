/** Commands while the bus loses acknowledgements and writes: what was decided is found again, and nothing is left behind. */
import type { StoreFate } from '@voltlane/bus';
import { EVENT_JOURNAL_NAME } from '@voltlane/bus';
import { waitUntil } from '@voltlane/testkit';
import { sleep, systemClock } from '@voltlane/time';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandRig, startCommandRig } from './command-rig.ts';

const ACCEPTED = { kind: 'result', payload: '{"status":"Accepted"}' } as const;
/** Longer than a notice is tried. */
const OUTAGE_MS = 11_000;

let rig: CommandRig;
/** What becomes of the next appends of the worker. */
let fates: StoreFate[] = [];
let otherwise: StoreFate = 'pass';

beforeEach(async () => {
  fates = [];
  otherwise = 'pass';
  rig = await startCommandRig(
    {},
    {
      store: ({ connection, kind, store, subject }) =>
        connection === 'worker0' && kind === 'write' && store === EVENT_JOURNAL_NAME && subject !== ''
          ? (fates.shift() ?? otherwise)
          : 'pass',
    },
  );
});

afterEach(() => rig.stop());

describe('a command whose record was taken, but not acknowledged', () => {
  it.each([
    ['when it was taken', 0],
    ['when it ended', 1],
  ])('%s, is sent once, ends once and leaves nothing behind', async (_when, before) => {
    await rig.connect('CP1');
    fates = [...Array.from({ length: before }, () => 'pass' as const), 'forget'];
    const asked = rig.ask('CP1', 'ClearCache');
    const call = await rig.nthCall(1);
    await rig.answer('CP1', call.id, ACCEPTED);
    expect(await asked).toMatchObject({ outcome: 'accepted', commandId: call.id });
    expect(rig.calls).toHaveLength(1);
    await waitUntil('nothing is open', async () => (await rig.open()).length === 0);
    const kinds = (await rig.events('CP1')).map(({ kind }) => kind).filter((kind) => kind.startsWith('command.'));
    expect(kinds).toEqual(['command.queued', 'command.sent', 'command.finished']);
  });
});

describe('a command that falls due while nothing can be written', () => {
  it('ends when it can, although nobody asks', { timeout: 30_000 }, async () => {
    await rig.connect('CP1');
    await rig.disconnect('CP1');
    await rig.ask('CP1', 'ClearCache', { ttlMs: 300 });
    otherwise = 'refuse';
    await sleep(systemClock, OUTAGE_MS);
    otherwise = 'pass';
    await waitUntil('it has expired', async () =>
      (await rig.events('CP1')).some(({ kind, data }) => kind === 'command.finished' && data['outcome'] === 'expired'),
    );
    await waitUntil('nothing is open', async () => (await rig.open()).length === 0);
  });
});
