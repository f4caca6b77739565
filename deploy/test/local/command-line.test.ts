import { describe, expect, it } from 'vitest';
import { HELP, readCommandLine } from '../../src/local/command-line.ts';

describe('the command line of deploy/local.sh', () => {
  it('starts three edges and two workers when nothing else is said', () => {
    const start = { folder: 'data/local', edges: 3, workers: 2, portsFrom: 9_000, scrapeS: 5, env: {} };
    expect(readCommandLine([])).toEqual({ kind: 'start', ...start });
    expect(readCommandLine(['start'])).toEqual({ kind: 'start', ...start });
  });

  it('takes sizes, a folder, ports and settings', () => {
    const argv = [
      '--edges',
      '2',
      '--workers',
      '1',
      '--dir',
      '/tmp/x',
      '--ports-from',
      '11000',
      '--scrape-seconds',
      '1',
    ];
    const env = ['--env', 'VOLTLANE_CHARGERS=registered', '--env', 'VOLTLANE_LOG_LEVEL=warn'];
    expect(readCommandLine([...argv, ...env])).toEqual({
      kind: 'start',
      folder: '/tmp/x',
      edges: 2,
      workers: 1,
      portsFrom: 11_000,
      scrapeS: 1,
      env: { VOLTLANE_CHARGERS: 'registered', VOLTLANE_LOG_LEVEL: 'warn' },
    });
  });

  it('rolls all, or what is named', () => {
    expect(readCommandLine(['roll'])).toEqual({ kind: 'roll', target: 'all', folder: 'data/local' });
    expect(readCommandLine(['roll', 'edges', '--dir', 'd'])).toEqual({ kind: 'roll', target: 'edges', folder: 'd' });
    expect(readCommandLine(['stop'])).toEqual({ kind: 'stop', folder: 'data/local' });
  });

  it.each([
    [['--edges', '0'], '--edges takes a whole number from 1 to 10, not 0'],
    [['--workers', 'two'], '--workers takes a whole number from 1 to 10, not two'],
    [['--env', 'PATH=x'], '--env takes VOLTLANE_<NAME>=<value>, not PATH=x'],
    [['restart'], 'there is no command restart'],
    [['roll', 'nats'], 'there is no roll of nats'],
    [['stop', 'edges'], 'is more than stop takes'],
    [['--replicas', '3'], '--replicas'],
  ])('refuses %j and says why', (argv, why) => {
    expect(() => readCommandLine(argv)).toThrow(why);
  });

  it('tells of every option it takes', () => {
    for (const option of ['--dir', '--edges', '--workers', '--ports-from', '--scrape-seconds', '--env'])
      expect(HELP).toContain(option);
  });
});
