/** The newest socket of a charger wins on whatever edge it is; nothing an older one says later changes that. */
import { setTimeout } from 'node:timers/promises';
import { waitUntil } from '@voltlane/testkit';
import { systemClock } from '@voltlane/time';
import type { Uplink } from '@voltlane/wire';
import { afterEach, describe, expect, it } from 'vitest';
import type { EdgePair, EdgePairOptions } from './edge-pair.ts';
import { startEdgePair } from './edge-pair.ts';

/** A handshake and one round trip take some 20 ms; the rest is for a busy machine. */
const TAKEOVER_MS_MAX = 2000;
/** Between two sockets whose age is to tell them apart: what a message takes counts as youth (decision 6), and a busy machine takes some. */
const APART_MS = 400;
const BOOT = { chargePointVendor: 'V', chargePointModel: 'M' };

let pair: EdgePair | undefined;

async function start(options?: EdgePairOptions): Promise<EdgePair> {
  pair = await startEdgePair(options);
  return pair;
}

afterEach(async () => {
  await pair?.stop();
  pair = undefined;
});

function uplinkOf(made: EdgePair, kind: Uplink['kind'], nth = 0): Uplink {
  const found = made.uplinks.filter((uplink) => uplink.kind === kind)[nth];
  if (found === undefined) throw new Error(`no ${kind} number ${nth}`);
  return found;
}

describe('the newest socket of a charger', () => {
  it.each([
    ['agree', [0, 0]],
    ['differ: the older edge is five seconds ahead', [5_000, 0]],
    ['differ: the older edge is an hour ahead', [3_600_000, 0]],
    ['differ: the older edge is five seconds behind', [-5_000, 0]],
  ])('wins on another edge at once; clocks %s', async (_what, skewMs) => {
    const made = await start({ skewMs });
    const older = await made.connect(0, 'CP1');
    await older.ask('boot', 'BootNotification', BOOT);
    const startMs = systemClock.monotonicMs();
    const newer = await made.connect(1, 'CP1');
    expect(await waitUntil('the older socket closed', () => older.closed())).toBe(1008);
    const tookMs = systemClock.monotonicMs() - startMs;
    console.log(`newest-socket-wins: the older socket closed ${tookMs.toFixed(0)} ms after the newer began to connect`);
    expect(tookMs).toBeLessThan(TAKEOVER_MS_MAX);
    expect(await newer.ask('beat', 'Heartbeat')).toContain('currentTime');
    await waitUntil('both edges agree', () => made.edges[0]?.sessions() === 0 && made.edges[1]?.connections() === 1);
    expect(newer.closed()).toBeUndefined();
    expect(await made.story('CP1')).toEqual(['connected', 'disconnected replaced', 'connected']);
  });

  it('wins over a half-open one, whose end comes much later and changes nothing', async () => {
    const made = await start();
    const older = await made.connect(0, 'CP1');
    await older.ask('boot', 'BootNotification', BOOT);
    older.freeze();
    const newer = await made.connect(1, 'CP1');
    await newer.ask('beat', 'Heartbeat');
    expect(await made.story('CP1')).toEqual(['connected', 'disconnected replaced', 'connected']);
    older.end();
    await waitUntil('the late end', () => made.uplinks.some(({ kind }) => kind === 'sessionClosed'));
    await newer.ask('beat2', 'Heartbeat');
    expect(await made.story('CP1')).toHaveLength(3);
    expect(newer.closed()).toBeUndefined();
  });

  it('is not displaced by what comes twice, late or out of order from the older one', async () => {
    const made = await start();
    const older = await made.connect(0, 'CP1');
    await older.ask('boot', 'BootNotification', BOOT);
    const newer = await made.connect(1, 'CP1');
    await waitUntil('the older socket closed', () => older.closed());
    await waitUntil('its end', () => made.uplinks.some(({ kind }) => kind === 'sessionClosed'));
    const lateOnes = [uplinkOf(made, 'sessionOpened'), uplinkOf(made, 'call'), uplinkOf(made, 'sessionClosed')];
    for (const uplink of [...lateOnes.toReversed(), ...lateOnes]) made.repeat(uplink);
    // As young as can be: a copy that lay in the bus.
    for (const uplink of lateOnes) made.repeat({ ...uplink, openedAgoMs: 0 });
    await newer.ask('beat', 'Heartbeat');
    expect(await made.story('CP1')).toEqual(['connected', 'disconnected replaced', 'connected']);
    expect(newer.closed()).toBeUndefined();
  });

  it.each([
    ['ahead', 60_000],
    ['behind', -60_000],
  ])(
    'is not displaced by an older one whose first words were lost; the clock of its edge is %s',
    async (_what, skew) => {
      let lossy = true;
      const made = await start({
        skewMs: [skew, 0],
        deliver: ({ from, to }, { subject }) => {
          // Nobody asks the edge, so only its own words can tell.
          if (to === 'edge0' && subject.includes('.sessions.')) return 'drop';
          return lossy && from === 'edge0' && subject.includes('.call.') ? 'drop' : 'pass';
        },
      });
      const older = await made.connect(0, 'CP1');
      await setTimeout(APART_MS);
      const newer = await made.connect(1, 'CP1');
      await newer.ask('beat', 'Heartbeat');
      lossy = false;
      expect(await waitUntil('the older socket closed', () => older.closed())).toBe(1008);
      expect(uplinkOf(made, 'sessionOpened', 1).openedAgoMs).toBeGreaterThan(500);
      await newer.ask('beat2', 'Heartbeat');
      expect(newer.closed()).toBeUndefined();
      expect(await made.story('CP1')).toEqual(['connected']);
    },
  );

  it('keeps its place after the actor moved to another worker', async () => {
    const made = await start({ skewMs: [5_000, 0] });
    const older = await made.connect(0, 'CP1');
    await older.ask('boot', 'BootNotification', BOOT);
    const newer = await made.connect(1, 'CP1');
    await waitUntil('the older socket closed', () => older.closed());
    await made.addWorker();
    await made.workers[0]?.stop();
    for (const uplink of made.uplinks.filter(
      ({ sessionId }) => sessionId === uplinkOf(made, 'sessionOpened').sessionId,
    ))
      made.repeat(uplink);
    await newer.ask('beat', 'Heartbeat');
    const newest = await made.connect(0, 'CP1');
    await waitUntil('the socket before closed', () => newer.closed());
    await newest.ask('beat2', 'Heartbeat');
    expect(await made.story('CP1')).toEqual([
      'connected',
      'disconnected replaced',
      'connected',
      'disconnected replaced',
      'connected',
    ]);
  });
});

describe('two devices with one identity on two edges', () => {
  it('are noticed, journalled once, and slowed down', async () => {
    const made = await start();
    let holder = await made.connect(0, 'CP1');
    await holder.ask('beat', 'Heartbeat');
    let edge = 0;
    let refused = 0;
    for (let turn = 0; turn < 20; turn += 1) {
      const rival = await made.connect(1 - edge, 'CP1');
      await waitUntil('one of the two closed', () => rival.closed() ?? holder.closed());
      if (rival.closed() === undefined) {
        edge = 1 - edge;
        holder = rival;
      } else {
        expect(rival.closed()).toBe(1013);
        refused += 1;
      }
    }
    expect(refused).toBe(9);
    await holder.ask('beat2', 'Heartbeat');
    expect(holder.closed()).toBeUndefined();
    const story = await made.story('CP1');
    expect(story.filter((line) => line === 'security DuplicateIdentity')).toHaveLength(1);
    expect(story.filter((line) => line === 'connected').length).toBe(12);
  });
});

describe('an edge that stops while the worker is replaced', () => {
  it('tells the new owner the end of each session', async () => {
    const made = await start();
    const chargers = Array.from({ length: 20 }, (_, n) => `CP${n}`);
    for (const charger of chargers) await (await made.connect(0, charger)).ask('boot', 'BootNotification', BOOT);
    made.broker.cut('worker0');
    const stopped = made.edges[0]?.stop();
    await made.addWorker();
    await stopped;
    for (const charger of chargers)
      expect(await made.story(charger)).toEqual(['connected', expect.stringMatching(/^disconnected (?!edge lost)/)]);
    made.broker.heal('worker0');
  });
});
