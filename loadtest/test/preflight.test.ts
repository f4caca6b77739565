import { describe, expect, it } from 'vitest';
import { commandLine, readOptions } from '../src/command-line.ts';
import type { LoadTestOptions } from '../src/options.ts';
import { preflightProblems } from '../src/preflight.ts';
import type { MachineLimits, Sizing } from '../src/sizing.ts';
import { sizeOf } from '../src/sizing.ts';

const MACHINE: MachineLimits = {
  descriptorsMax: 20_000,
  memoryAvailableBytes: 22e9,
  cores: 2,
  clientPorts: 28_232,
  diskAvailableBytes: 100e9,
  nicenessMin: -20,
  hasTimerSlack: true,
  hasLoopbackNet: true,
};

function optionsOf(...argv: readonly string[]): LoadTestOptions {
  const program = commandLine(() => undefined);
  program.parse([...argv], { from: 'user' });
  const asked = readOptions(program, argv, 2);
  if (asked.kind !== 'run') throw new Error(JSON.stringify(asked));
  return asked.options;
}

function sizing(...argv: readonly string[]): Sizing {
  return sizeOf(optionsOf(...argv), MACHINE);
}

function problems(machine: Partial<MachineLimits>, ...argv: readonly string[]): string {
  const options = optionsOf(...argv);
  const limits = { ...MACHINE, ...machine };
  return preflightProblems(options, sizeOf(options, limits), limits).join('\n');
}

describe('the layout of a run', () => {
  it('keeps every process below its file descriptors', () => {
    expect(sizing('--chargers', '100000')).toMatchObject({ edges: 6, workers: 2, generators: 6 });
    expect(sizing('--chargers', '1000')).toMatchObject({ edges: 1, workers: 2, generators: 1, sources: [] });
  });

  it('has an edge to spare when edges are replaced', () => {
    expect(sizing('--chargers', '100000', '--scenario', 'rolling')).toMatchObject({ edges: 7, workers: 2 });
  });

  it('dials from more addresses before looking for a free port gets dear', () => {
    expect(sizing('--chargers', '11292', '--edges', '1').sources).toEqual([]);
    expect(sizing('--chargers', '11293', '--edges', '1').sources).toEqual([
      '127.1.0.0',
      '127.1.0.1',
      '127.1.0.2',
      '127.1.0.3',
    ]);
    expect(sizing('--chargers', '100000').sources.length).toBe(29);
    const limits = { ...MACHINE, descriptorsMax: 5_000_000 };
    const many = sizeOf(optionsOf('--chargers', '2000000', '--edges', '1'), limits).sources;
    expect(many.slice(255, 257)).toEqual(['127.1.0.255', '127.1.1.0']);
  });

  it('does so on loopback only', () => {
    const sourcesOf = (...argv: readonly string[]): readonly string[] => sizing('--chargers', '60000', ...argv).sources;
    expect(sourcesOf('--target', 'ws://127.0.0.1:9000/ocpp').length).toBe(18);
    expect(sourcesOf('--target', 'ws://10.0.0.5:9000/ocpp')).toEqual([]);
    expect(sourcesOf('--target', 'ws://127.0.0.1:9000/ocpp,ws://10.0.0.5:9000/ocpp')).toEqual([]);
    expect(sourcesOf('--target', 'ws://localhost:9000/ocpp')).toEqual([]);
    expect(sourcesOf('--address', '10.0.0.4')).toEqual([]);
    expect(sourcesOf('--generators', 'remote')).toEqual([]);
    expect(sizeOf(optionsOf('--chargers', '100000'), { ...MACHINE, hasLoopbackNet: false }).sources).toEqual([]);
  });
});

describe('before anything starts', () => {
  it('nothing is said when all is well', () => {
    expect(problems({}, '--chargers', '100000', '--minutes', '15')).toBe('');
    expect(problems({}, '--target', 'ws://h:1/ocpp', '--nats', 'nats://h:2')).toBe('');
  });

  it.each([
    [['--target', 'ws://h:1/ocpp'], /--nats <url> is needed .* or give --no-journal/],
    [['--target', 'ws://h:1/ocpp', '--nats', 'nats://h:2', '--scenario', 'storm'], /storm kills processes/],
    [['--target', 'ws://h:1/ocpp', '--no-journal', '--scenario', 'slow'], /slow sends commands over NATS/],
    [['--target', 'ws://h:1/ocpp', '--no-journal', '--edges', '3'], /--edges and --workers are for a broker/],
    [['--nats', 'nats://h:2'], /give --target, too/],
    [['--scenario', 'rolling', '--edges', '1'], /rolling needs at least 2 edges/],
    [['--scenario', 'kill-worker', '--workers', '1'], /kill-worker needs at least 2 workers/],
    [['--agents', '2'], /--agents needs --generators remote/],
    [
      ['--chargers', '100000', '--edges', '2'],
      /50000 chargers on each of 2 edges .* raise the limit \(ulimit -n, now 20000\)/,
    ],
    [['--chargers', '100000', '--generators', '2'], /50000 chargers in each of 2 generators/],
    [['--chargers', '10000000'], /take about .* GB of memory, 22.0 GB are available/],
    [['--chargers', '100000', '--target', 'ws://h:1/ocpp', '--no-journal'], /more than the 28232 client ports/],
  ])('%j is refused', (argv, why) => {
    expect(problems({}, ...argv)).toMatch(why);
  });

  it('a timer slack that nobody can be given is seen', () => {
    const slack = ['--nats-timer-slack', '2000'];
    expect(problems({}, ...slack)).toBe('');
    expect(problems({ hasTimerSlack: false })).toBe('');
    expect(problems({ hasTimerSlack: false }, ...slack)).toMatch(/^--nats-timer-slack needs .*$/);
    const running = ['--target', 'ws://127.0.0.1:1/ocpp', '--no-journal'];
    expect(problems({}, ...running, ...slack)).toMatch(/^--nats-timer-slack is for a nats-server that is started here/);
  });

  it('a niceness that this process may not give is seen', () => {
    const niceness = ['--nice', 'worker=-20,edge=-5,generator=10'];
    expect(problems({}, ...niceness)).toBe('');
    expect(problems({ nicenessMin: -5 }, ...niceness)).toMatch(/^--nice worker=-20: not below -5 .*$/);
    expect(problems({ nicenessMin: 0 }, ...niceness)).toMatch(
      /worker=-20: not below 0 .*\n--nice edge=-5: not below 0/,
    );
  });

  it('a disk too small for the journal is seen', () => {
    expect(problems({ diskAvailableBytes: 1e9 }, '--chargers', '100000', '--minutes', '15')).toMatch(
      /the journal will take up to/,
    );
  });
});
