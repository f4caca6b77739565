import { describe, expect, it } from 'vitest';
import { ConfigError, type GroupName, loadConfig } from '../src/index.ts';

const files: Readonly<Record<string, string>> = { '/run/secrets/nats': 'hunter2\n' };

function readFile(path: string): string {
  const content = files[path];
  if (content === undefined) throw new Error('ENOENT');
  return content;
}

function problemsOf(groups: readonly GroupName[], env: Readonly<Record<string, string>>): readonly string[] {
  try {
    loadConfig(groups, env, readFile);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('loading the configuration', () => {
  it('gives frozen options with defaults', () => {
    const { config, sources } = loadConfig(['edge', 'worker', 'api'], {}, readFile);
    expect(config.ocppPort).toBe(9000);
    expect(config.natsUrl).toEqual([]);
    expect(sources.get('ocppPort')).toBe('default');
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('reads what the environment says', () => {
    const { config, sources } = loadConfig(['edge'], { VOLTLANE_OCPP_PORT: '0', PATH: '/bin' }, readFile);
    expect(config.ocppPort).toBe(0);
    expect(sources.get('ocppPort')).toBe('env');
  });

  it('traces nothing unless told where, and then a share of calls', () => {
    const tracing = (env: Readonly<Record<string, string>>): readonly unknown[] => {
      const { config } = loadConfig(['edge'], env, readFile);
      return [config.traceUrl, config.traceRatio];
    };
    expect(tracing({})).toEqual([undefined, 0.01]);
    const url = 'https://collector:4318/v1/traces';
    expect(tracing({ VOLTLANE_TRACE_URL: url, VOLTLANE_TRACE_RATIO: '.25' })).toEqual([url, 0.25]);
    for (const [text, ratio] of [
      ['0', 0],
      ['1', 1],
      ['1.0', 1],
      ['0.001', 0.001],
    ] as const) {
      expect(tracing({ VOLTLANE_TRACE_RATIO: text })[1]).toBe(ratio);
    }
    for (const text of ['-0.1', '1.01', '2', '1e-3', 'half', '10%']) {
      expect(problemsOf(['edge'], { VOLTLANE_TRACE_RATIO: text })).toHaveLength(1);
    }
    for (const text of ['collector:4318', 'grpc://collector:4317', 'http://a,http://b', 'http://user:pass@collector']) {
      expect(problemsOf(['edge'], { VOLTLANE_TRACE_URL: text })).toHaveLength(1);
    }
  });

  it('takes an empty text as unset', () => {
    expect(loadConfig(['edge'], { VOLTLANE_OCPP_PORT: '', VOLTLANE_NATS_URL: '' }, readFile).config.ocppPort).toBe(
      9000,
    );
  });

  it('listens on this machine only while the bus is in memory or chargers are open', () => {
    const hosts = (env: Readonly<Record<string, string>>): readonly string[] => {
      const { config } = loadConfig(['edge', 'worker', 'api'], env, readFile);
      return [config.ocppHost, config.apiHost, config.healthHost, config.chargers, config.authorize];
    };
    const nats = { VOLTLANE_NATS_URL: 'nats://127.0.0.1:4222' };
    expect(hosts({})).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1', 'open', 'open']);
    expect(hosts(nats)).toEqual(['0.0.0.0', '0.0.0.0', '0.0.0.0', 'registered', 'tokens']);
    expect(hosts({ ...nats, VOLTLANE_CHARGERS: 'open' })).toEqual([
      '127.0.0.1',
      '127.0.0.1',
      '127.0.0.1',
      'open',
      'open',
    ]);
    expect(hosts({ VOLTLANE_OCPP_HOST: '0.0.0.0' })[0]).toBe('0.0.0.0');
  });

  it('reports every problem at once, with name, value and what is allowed', () => {
    const problems = problemsOf(['edge', 'worker'], {
      VOLTLANE_OCPP_PORT: '70000',
      VOLTLANE_LOG_LEVEL: 'loud',
      VOLTLANE_NATS_URL: 'http://x',
      VOLTLANE_TRUST_PROXY: 'yes',
    });
    expect(problems).toHaveLength(4);
    expect(problems.join('\n')).toContain('VOLTLANE_OCPP_PORT is "70000"; must be a port from 0 to 65535');
    expect(problems.join('\n')).toContain('VOLTLANE_LOG_LEVEL is "loud"; must be one of trace, debug');
  });

  it.each(['', '1.5', '1e3', '0x10', ' 5', '-1', '9999999999999999'])('refuses %j as a number', (text) => {
    const problems = problemsOf(['worker'], { VOLTLANE_MAILBOX_CALLS_MAX: text });
    expect(problems).toHaveLength(text === '' ? 0 : 1);
  });

  it('refuses an unknown name and suggests the nearest of the whole catalogue', () => {
    expect(problemsOf(['worker'], { VOLTLANE_OCPP_PROT: '1' })).toEqual([
      'VOLTLANE_OCPP_PROT is not an option; did you mean VOLTLANE_OCPP_PORT?',
    ]);
  });

  it('accepts options of groups this service does not load', () => {
    expect(problemsOf(['worker'], { VOLTLANE_OCPP_PORT: '1' })).toEqual([]);
  });

  it('explains the variables that Kubernetes adds for a Service', () => {
    expect(problemsOf(['edge'], { VOLTLANE_EDGE_PORT: 'tcp://10.0.0.1:9000' })[0]).toContain(
      'enableServiceLinks: false',
    );
  });

  it('reads a secret from a file and never shows it', () => {
    const base = { VOLTLANE_NATS_URL: 'nats://127.0.0.1:4222', VOLTLANE_NATS_USER: 'broker' };
    const env = { ...base, VOLTLANE_NATS_PASSWORD_FILE: '/run/secrets/nats' };
    expect(loadConfig(['edge'], env, readFile).config.natsPassword).toBe('hunter2');
    const both = problemsOf(['edge'], { ...env, VOLTLANE_NATS_PASSWORD: 'hunter2' });
    expect(both[0]).toContain('both set');
    expect(problemsOf(['edge'], { ...base, VOLTLANE_NATS_PASSWORD: 'hun\nter2' }).join()).not.toContain('ter2');
    expect(problemsOf(['edge'], { ...base, VOLTLANE_NATS_PASSWORD_FILE: '/nope' })[0]).toContain('cannot be read');
  });

  it('refuses a handler deadline that leaves no time to answer the charger', () => {
    const env = { VOLTLANE_CALL_DEADLINE_MS: '15000' };
    expect(problemsOf(['edge', 'worker'], env).join('\n')).toContain(
      'VOLTLANE_HANDLER_DEADLINE_MS (20000) must be below VOLTLANE_CALL_DEADLINE_MS (15000)',
    );
    expect(problemsOf(['edge', 'worker'], { ...env, VOLTLANE_HANDLER_DEADLINE_MS: '14000' })).toEqual([]);
  });

  it('knows no file form of an option that is not secret', () => {
    expect(problemsOf(['edge'], { VOLTLANE_OCPP_PORT_FILE: '/x' })).toHaveLength(1);
  });

  it.each([
    [
      { VOLTLANE_CALL_RESEND_MS: '25000' },
      'VOLTLANE_CALL_RESEND_MS (25000) must be below VOLTLANE_CALL_DEADLINE_MS (25000)',
    ],
    [
      { VOLTLANE_PING_INTERVAL_MS: '150000' },
      'VOLTLANE_PING_INTERVAL_MS (150000) must be below VOLTLANE_IDLE_TIMEOUT_MS',
    ],
    [{ VOLTLANE_CALL_DEADLINE_MS: '31000' }, 'must be below 30000'],
    [{ VOLTLANE_FRAME_BYTES_MAX: '1048577', VOLTLANE_OUTBOUND_BYTES_MAX: '9000000' }, 'the bus takes 1048576 bytes'],
    [{ VOLTLANE_NATS_URL: 'nats://a:1', VOLTLANE_NATS_USER: 'u' }, 'come together'],
    [{ VOLTLANE_NATS_TOKEN: 't' }, 'NATS credentials without VOLTLANE_NATS_URL'],
    [{ VOLTLANE_JOURNAL_MAX_AGE_HOURS: '1', VOLTLANE_JOURNAL_DUPLICATE_WINDOW_MS: '3600001' }, 'NATS refuses'],
  ])('refuses options that contradict each other: %j', (env, expected) => {
    expect(problemsOf(['edge'], env).join('\n')).toContain(expected);
  });

  it.each([
    [
      { VOLTLANE_SELF_FENCE_MS: '2200' },
      'VOLTLANE_SELF_FENCE_MS (2200) must be below VOLTLANE_MEMBER_EXPIRY_MS (2200)',
    ],
    [{ VOLTLANE_MEMBER_HEARTBEAT_MS: '900' }, 'VOLTLANE_MEMBER_HEARTBEAT_MS (900) must be below half of'],
  ])('refuses a worker that would act after others took over: %j', (env, expected) => {
    expect(problemsOf(['worker'], env).join('\n')).toContain(expected);
  });
});
