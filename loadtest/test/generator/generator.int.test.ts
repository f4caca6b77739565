/** The generator against a server that behaves as it is told: what chargers do, count and write down when things go wrong. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@voltlane/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { CALL } from '../../src/generator/call-kind.ts';
import { createChargerRecordFile, ENDED, RECORD_BYTES } from '../../src/generator/charger-record.ts';
import { Generator } from '../../src/generator/generator.ts';
import type { GeneratorPlan, GeneratorTick } from '../../src/generator/plan.ts';
import { USUAL_TRAFFIC } from '../../src/traffic.ts';
import type { Script, ScriptedPeer } from './scripted-broker.ts';
import { startScriptedBroker } from './scripted-broker.ts';

const QUIET = { ...USUAL_TRAFFIC, heartbeatMs: 0, chargingShare: 0 };
const BUSY = { heartbeatMs: 0, chargingShare: 0.9, meterMs: 60_000, sessionMs: 60_000 };
const NOW = '"currentTime":"2026-01-01T00:00:00.000Z"';

const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

interface Played {
  readonly generator: Generator;
  tick(): GeneratorTick;
  /** `[charger, number, kind, ended, value]` of each record. */
  records(): readonly (readonly number[])[];
}

interface Rig extends Played {
  readonly port: number;
  pongs(): number;
}

async function play(script: Script, plan: Partial<GeneratorPlan> = {}): Promise<Rig> {
  const broker = await startScriptedBroker(script);
  const directory = mkdtempSync(join(tmpdir(), 'voltlane-generator-test-'));
  const file = join(directory, 'records');
  const generator = new Generator(
    {
      prefix: 'G',
      first: 10,
      chargers: 1,
      targets: [{ host: '127.0.0.1', port: broker.port, path: '/ocpp' }],
      sources: [],
      versions: ['1.6'],
      traffic: QUIET,
      dialsPerSecond: 1_000,
      reconnectSpreadMs: 20,
      slowShare: 0,
      seed: 1,
      tickOffsetMs: 0,
      ...plan,
    },
    createChargerRecordFile(file),
  );
  undo.push(() => {
    generator.end();
    broker.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  generator.ramp();
  return {
    generator,
    port: broker.port,
    pongs: () => broker.pongs(),
    tick: () => generator.tick(),
    records: () => {
      const bytes = readFileSync(file);
      return Array.from({ length: bytes.length / RECORD_BYTES }, (_, index) => {
        const at = index * RECORD_BYTES;
        const word = (offset: number): number => bytes.readUInt32LE(at + offset);
        return [word(0), word(4), bytes.readUInt8(at + 8), bytes.readUInt8(at + 9), word(12)];
      });
    },
  };
}

/** Answers as a broker does. */
function answer(peer: ScriptedPeer, text: string): void {
  const [, id, action] = JSON.parse(text);
  if (action === 'BootNotification') peer.send(`[3,"${id}",{"status":"Accepted",${NOW},"interval":300}]`);
  else if (action === 'Heartbeat') peer.send(`[3,"${id}",{${NOW}}]`);
  else if (action === 'StartTransaction')
    peer.send(`[3,"${id}",{"transactionId":${7_000 + Number(id)},"idTagInfo":{"status":"Accepted"}}]`);
  else peer.send(`[3,"${id}",{}]`);
}

describe('a generator', () => {
  it('boots, reports its status, and writes down what was answered', async () => {
    const seen: string[] = [];
    const rig = await play({ onText: (peer, text) => (seen.push(text), answer(peer, text)) });
    await waitUntil('two answers', () => rig.tick().counters.answered === 2);
    await rig.generator.finish();
    expect(seen.map((text) => JSON.parse(text)[2])).toEqual(['BootNotification', 'StatusNotification']);
    expect(rig.records()).toEqual([
      [10, 1, CALL.boot, ENDED.answered, 0],
      [10, 2, CALL.status, ENDED.answered, 0],
    ]);
    expect(rig.tick()).toMatchObject({ connected: 1, served: 1, counters: { sent: 2, wrong: 0, closes: 0 } });
  });

  it('sends a call again, word for word and with the same id, after its connection was cut', async () => {
    const starts: string[] = [];
    const onText = (peer: ScriptedPeer, text: string): void => {
      if (!text.includes('StartTransaction')) return answer(peer, text);
      starts.push(text);
      return starts.length < 3 ? peer.cut() : answer(peer, text);
    };
    const rig = await play({ onText }, { traffic: BUSY, seed: 3 });
    await waitUntil('a session', () => rig.tick().charging === 1);
    await rig.generator.finish();
    expect(new Set(starts).size).toBe(1);
    const [, id] = JSON.parse(starts[0] ?? '');
    expect(rig.records()).toContainEqual([10, Number(id), CALL.start, ENDED.answered, 7_000 + Number(id)]);
    const { counters, closeCodes } = rig.tick();
    expect(counters).toMatchObject({ resent: 2, closes: 2 });
    expect(closeCodes).toEqual({ '1006': 2 });
  });

  it('does not boot again when it comes back, and begins with a Heartbeat', async () => {
    const actions: string[] = [];
    const onText = (peer: ScriptedPeer, text: string): void => {
      actions.push(JSON.parse(text)[2]);
      answer(peer, text);
      if (actions.length === 2) peer.close(1012);
    };
    const rig = await play({ onText });
    await waitUntil('three calls', () => actions.length === 3);
    expect(actions).toEqual(['BootNotification', 'StatusNotification', 'Heartbeat']);
    await waitUntil('the close', () => rig.tick().closeCodes['1012'] === 1);
  });

  it('keeps from a refusal for as long as it is told', async () => {
    const atMs: number[] = [];
    const refuse = (): string | undefined =>
      atMs.push(performance.now()) === 1
        ? 'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n'
        : undefined;
    const rig = await play({ refuse, onText: answer });
    const { counters, errorCodes } = await waitUntil('service', () => {
      const tick = rig.tick();
      return tick.served === 1 && tick;
    });
    expect((atMs[1] ?? 0) - (atMs[0] ?? 0)).toBeGreaterThanOrEqual(990);
    expect(counters).toMatchObject({ refused: 1, closes: 0, opened: 1 });
    expect(errorCodes).toEqual({ 'HTTP 503': 1 });
  });

  it('boots again after the time it was told when its boot was put off', async () => {
    let boots = 0;
    const onText = (peer: ScriptedPeer, text: string): void => {
      boots += 1;
      if (boots === 1) peer.send(`[3,"1",{"status":"Pending",${NOW},"interval":1}]`);
      else answer(peer, text);
    };
    const rig = await play({ onText });
    await waitUntil('the status', () => rig.tick().counters.answered === 2);
    await rig.generator.finish();
    expect(rig.records().map(([, number, kind, ended]) => [number, kind, ended])).toEqual([
      [1, CALL.boot, ENDED.refused],
      [2, CALL.boot, ENDED.answered],
      [3, CALL.status, ENDED.answered],
    ]);
  });

  it('counts errors and answers that are none, and knows them from results', async () => {
    const onText = (peer: ScriptedPeer, text: string): void => {
      const [, id, action] = JSON.parse(text);
      if (action === 'BootNotification') {
        peer.send('[3,"999",{}]');
        answer(peer, text);
      } else peer.send(`[4,"${id}","InternalError","",{}]`);
    };
    const rig = await play({ onText });
    await waitUntil('an error', () => rig.tick().counters.errors === 1);
    await rig.generator.finish();
    expect(rig.tick()).toMatchObject({
      counters: { wrong: 1, errors: 1, answered: 1 },
      errorCodes: { InternalError: 1 },
    });
    expect(rig.records().at(-1)).toEqual([10, 2, CALL.status, ENDED.refused, 0]);
  });

  it('answers pings and commands, and notes each command once', async () => {
    const answers: string[] = [];
    const onText = (peer: ScriptedPeer, text: string): void => {
      if (text.startsWith('[3')) {
        answers.push(text);
        return;
      }
      answer(peer, text);
      if (!text.includes('Status')) return;
      peer.ping();
      peer.send('[2,"cmd-1","ClearCache",{}]');
    };
    const rig = await play({ onText });
    await waitUntil('answer and pong', () => answers.length === 1 && rig.pongs() === 1);
    expect(answers).toEqual(['[3,"cmd-1",{"status":"Accepted"}]']);
    expect(rig.tick().counters.commands).toBe(1);
  });

  it('skips a call that is due while the same call still waits, and says how many', async () => {
    const onText = (peer: ScriptedPeer, text: string): void => {
      if (!text.includes('Heartbeat')) answer(peer, text);
    };
    const rig = await play({ onText }, { traffic: { ...QUIET, heartbeatMs: 20 } });
    const tick = await waitUntil('skipped heartbeats', () => {
      const now = rig.tick();
      return now.counters.skipped >= 3 && now;
    });
    expect(tick.counters.sent).toBe(3);
  });

  it('tells latencies from the due time', async () => {
    const onText = (peer: ScriptedPeer, text: string): void => {
      setTimeout(() => answer(peer, text), 50);
    };
    const rig = await play({ onText });
    const [us, count] = await waitUntil('a boot', () => rig.tick().latencies.boot);
    expect(count).toBe(1);
    expect(us).toBeGreaterThanOrEqual(49_000);
  });

  it('counts a call that waited behind another when the connection was cut as disturbed', async () => {
    let calls = 0;
    const onText = (peer: ScriptedPeer, text: string): void => {
      calls += 1;
      // The status gets no answer, and a Heartbeat becomes due meanwhile.
      if (calls === 2) setTimeout(() => peer.cut(), 1_000);
      else answer(peer, text);
    };
    const rig = await play({ onText }, { traffic: { ...QUIET, heartbeatMs: 300 } });
    const heartbeatsUs: number[] = [];
    await waitUntil('Heartbeats after it', () => {
      const { heartbeat } = rig.tick().latencies;
      if (heartbeat !== undefined) heartbeatsUs.push(Math.max(...heartbeat.filter((_, at) => at % 2 === 0)));
      return heartbeatsUs.length >= 2;
    });
    expect(Math.max(...heartbeatsUs)).toBeLessThan(500_000);
  });

  it('speaks 2.x with transactions of its own', async () => {
    const events: string[] = [];
    const onText = (peer: ScriptedPeer, text: string): void => {
      const [, id, action, payload] = JSON.parse(text);
      if (action !== 'TransactionEvent') return answer(peer, text);
      events.push(`${payload.eventType} ${payload.transactionInfo.transactionId} ${payload.seqNo}`);
      return peer.send(`[3,"${id}",{${payload.eventType === 'Started' ? '"idTokenInfo":{"status":"Accepted"}' : ''}}]`);
    };
    const traffic = { heartbeatMs: 0, chargingShare: 0.9, meterMs: 30, sessionMs: 200 };
    const rig = await play({ onText }, { versions: ['2.1'], traffic, seed: 5 });
    await waitUntil('two sessions', () => events.filter((event) => event.startsWith('Ended')).length === 2, {
      timeoutMs: 20_000,
    });
    const first = events.slice(0, events.findIndex((event) => event.startsWith('Ended')) + 1);
    expect(first[0]).toBe('Started T10-1 0');
    expect(first.map((event) => Number(event.split(' ')[2]))).toEqual(first.map((_, index) => index));
    expect(events).toContain('Started T10-2 0');
    expect(rig.tick().counters.wrong).toBe(0);
  });

  it('spreads its chargers evenly when all edges lose them at once', async () => {
    const peers: ScriptedPeer[][] = [[], [], []];
    const script = (at: number): Script => ({
      onText: (peer, text) => {
        const own = peers[at];
        // Whatever it says first: one that was cut with a call outstanding begins with that call.
        if (own?.includes(peer) === false) own.push(peer);
        answer(peer, text);
      },
    });
    const brokers = await Promise.all([0, 1, 2].map((at) => startScriptedBroker(script(at))));
    undo.push(() => {
      for (const broker of brokers) broker.stop();
    });
    const targets = brokers.map(({ port }) => ({ host: '127.0.0.1', port, path: '/ocpp' }));
    const rig = await play({ onText: answer }, { chargers: 90, targets, reconnectSpreadMs: 200 });
    const held = (): readonly number[] => peers.map((all) => all.length);
    await waitUntil('everybody', () => rig.tick().served === 90);
    expect(held()).toEqual([30, 30, 30]);
    for (const peer of peers.flatMap((all) => all.splice(0))) peer.cut();
    await waitUntil('everybody again', () => held().reduce((sum, count) => sum + count, 0) === 90);
    expect(Math.max(...held())).toBeLessThanOrEqual(36);
  });
});
