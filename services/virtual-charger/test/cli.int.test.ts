/** The command against a peer's CSMS on a real socket: what it prints and how it ends. */
import { OCPP_VERSIONS, type OcppVersion } from '@voltlane/ocpp';
import { systemClock } from '@voltlane/time';
import { afterEach, describe, expect, it } from 'vitest';
import { parseArguments, runFleet } from '../src/index.ts';
import { type Csms, startCsms } from './csms.ts';

const started: Csms[] = [];
afterEach(async () => {
  for (const csms of started.splice(0)) await csms.close();
});

async function start(version: OcppVersion): Promise<Csms> {
  const csms = await startCsms(version);
  started.push(csms);
  return csms;
}

interface Outcome {
  readonly status: number;
  readonly lines: string[];
}

async function run(
  argv: readonly string[],
  onLine: (line: string) => void = () => {},
  signal = new AbortController().signal,
): Promise<Outcome> {
  const parsed = parseArguments(argv);
  if (parsed.kind === 'end') return { status: parsed.exitCode, lines: parsed.text.split('\n') };
  const lines: string[] = [];
  const print = (line: string): void => {
    lines.push(line);
    onLine(line);
  };
  return { status: await runFleet(parsed.options, { clock: systemClock, print, signal }), lines };
}

const QUICK = ['--duration', '30', '--sample-interval', '10', '--time-scale', '100', '--seed', '1'];

describe.each(OCPP_VERSIONS)('npm run charger --version %s', (version) => {
  it('tells the story of a session and ends with 0', async () => {
    const csms = await start(version);
    const { status, lines } = await run(['--url', csms.url, '--version', version, ...QUICK]);
    expect(status).toBe(0);
    expect(csms.violations).toEqual([]);
    const story = lines.join('\n');
    for (const part of [
      /CP1 connected, ocpp/,
      /booted: Accepted, interval 300 s/,
      /authorized TAG1/,
      /started .*transaction/,
      /\d+\.\d kW \d+\.\d A 0\.\d{3} kWh/,
      /stopped \(Local\) with 0\.\d{3} kWh charged/,
      /ok: 1 of 1 sessions completed/,
    ]) {
      expect(story).toMatch(part);
    }
  });
});

describe('npm run charger', () => {
  it('runs many chargers with one summary instead of their lines', async () => {
    const csms = await start('1.6');
    const { status, lines } = await run([
      '--url',
      csms.url,
      '--count',
      '30',
      '--sessions',
      '2',
      '--interval',
      '0',
      ...QUICK,
    ]);
    expect(status).toBe(0);
    expect(new Set(csms.identities).size).toBe(30);
    expect(csms.identities).toContain('CP1-0030');
    expect(lines.at(-1)).toBe('ok: 60 of 60 sessions completed');
    expect(lines.at(-2)).toMatch(/30 boots accepted · sessions: 0 running, 60 completed, 0 failed/);
    expect(csms.heard.filter(({ action }) => action === 'StopTransaction')).toHaveLength(60);
  });

  it('says what to do when nobody listens, and ends with 1', async () => {
    const { status, lines } = await run(['--url', 'ws://127.0.0.1:1/ocpp', '--connect-timeout', '1.2']);
    expect(status).toBe(1);
    expect(lines[0]).toMatch(/not connected: .*ECONNREFUSED.*is the broker running\? npm start/);
    expect(lines.at(-1)).toMatch(/^failed: 0 of 1 sessions completed; not in service after 1.2 s/);
  });

  it('says what to do when the password is wrong', async () => {
    const csms = await start('1.6');
    csms.refuse = 401;
    const { status, lines } = await run(['--url', csms.url, '--connect-timeout', '0.3']);
    expect(status).toBe(1);
    expect(lines.at(-1)).toMatch(/HTTP 401; wrong or missing password: --password/);
  });

  it('ends with 1 and the reason when the token is refused', async () => {
    const csms = await start('1.6');
    csms.tokenStatus = 'Blocked';
    const { status, lines } = await run(['--url', csms.url, ...QUICK]);
    expect(status).toBe(1);
    expect(lines.at(-1)).toBe('failed: 0 of 1 sessions completed; idToken TAG1 is Blocked');
  });

  it('stops transactions cleanly on Ctrl-C', async () => {
    const csms = await start('2.0.1');
    const interrupted = new AbortController();
    const atFirstSample = (line: string): void => {
      if (line.includes(' kW ')) interrupted.abort();
    };
    const argv = ['--url', csms.url, '--version', '2.0.1', '--duration', '600', '--sample-interval', '0.1'];
    const { status, lines } = await run(argv, atFirstSample, interrupted.signal);
    expect(status).toBe(0);
    expect(lines.at(-1)).toMatch(/then stopped by Ctrl-C/);
    const last = csms.heard.filter(({ action }) => action === 'TransactionEvent').at(-1);
    expect(last?.payload).toMatchObject({ eventType: 'Ended', transactionInfo: { stoppedReason: 'Local' } });
  });

  it('prints events as JSON lines', async () => {
    const csms = await start('1.6');
    const { lines } = await run(['--url', csms.url, '--json', ...QUICK]);
    const events: { kind: string }[] = lines.map((line) => JSON.parse(line));
    expect(events.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['booted', 'sample', 'transaction-ended', 'end']),
    );
  });

  it.each([
    [['--version', '1.5'], /Allowed choices are 1\.6, 2\.0\.1, 2\.1/],
    [['--count', '0'], /whole number from 1/],
    [['--url', 'http://x'], /ws:\/\/127/],
    [['--durations', '3'], /Did you mean --duration\?/],
  ])('refuses %j with 2 and says why', async (argv, why) => {
    const { status, lines } = await run(argv);
    expect(status).toBe(2);
    expect(lines.join('\n')).toMatch(why);
  });

  it('explains itself with --help', async () => {
    const { status, lines } = await run(['--help']);
    expect(status).toBe(0);
    expect(lines.join('\n')).toMatch(/Examples:/);
  });
});
