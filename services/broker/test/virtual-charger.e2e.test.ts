/** The line a newcomer types: `npm run charger`, in every version, against a broker on either bus; and what a NATS client sees. */

import type { Socket } from 'node:net';
import { createConnection } from 'node:net';
import { OCPP_VERSIONS } from '@voltlane/ocpp';
import type { NatsServer } from '@voltlane/testkit';
import { startNatsServer, startService, waitUntil } from '@voltlane/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import type { BrokerProcess } from './broker-process.ts';
import { startBrokerProcess } from './broker-process.ts';

let nats: NatsServer | undefined;
let broker: BrokerProcess | undefined;
let follower: Socket | undefined;

afterEach(async () => {
  follower?.destroy();
  await broker?.process.stop();
  await nats?.stop();
  [follower, broker, nats] = [undefined, undefined, undefined];
});

async function startBroker(): Promise<string> {
  broker = await startBrokerProcess(nats?.url);
  return broker.ocppUrl;
}

async function runCharger(url: string, version: string): Promise<{ code: number | null; output: string }> {
  const short = ['--duration', '60', '--sample-interval', '20', '--time-scale', '60', '--interval', '1'];
  const args = ['--id', `CP-${version}`, '--version', version, '--url', url, ...short];
  const charger = await startService({ service: 'virtual-charger', args });
  const { code } = await charger.exited;
  return { code, output: charger.output() };
}

describe.each(['memory', 'nats'] as const)('the virtual charger on the %s bus', (kind) => {
  it('completes a session in every version', async () => {
    if (kind === 'nats') nats = await startNatsServer();
    const url = await startBroker();
    for (const version of OCPP_VERSIONS) {
      const { code, output } = await runCharger(url, version);
      expect(output, output).toMatch(/Accepted/);
      expect(code, output).toBe(0);
    }
  });
});

describe('a NATS client that knows nothing of Voltlane', () => {
  it('follows state and meter events as readable JSON', async () => {
    nats = await startNatsServer();
    const url = await startBroker();
    // The NATS text protocol by hand: this is what "any client" means.
    let seen = '';
    follower = createConnection(nats.port, '127.0.0.1');
    follower.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
    });
    follower.write(
      'CONNECT {"verbose":false,"headers":false}\r\nSUB event.default.CP-1%2E6.state 1\r\nSUB event.*.*.meter 2\r\nPING\r\n',
    );
    await waitUntil('the subscription', () => seen.includes('PONG'));
    const { code, output } = await runCharger(url, '1.6');
    expect(code, output).toBe(0);
    const bodies = await waitUntil('the last event', () => {
      const lines = seen.split('\r\n').filter((line) => line.startsWith('{"v":1'));
      return lines.some((line) => line.includes('"transaction.ended"')) ? lines : undefined;
    });
    const kinds = bodies.flatMap((body) =>
      (JSON.parse(body) as { events: { kind: string }[] }).events.map(({ kind }) => kind),
    );
    expect(kinds).toEqual(
      expect.arrayContaining(['charger.booted', 'transaction.started', 'meter.values', 'transaction.ended']),
    );
  });
});
