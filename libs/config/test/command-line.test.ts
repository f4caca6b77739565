import { describe, expect, it } from 'vitest';
import { decideStart, type StartDecision } from '../src/index.ts';

function start(argv: readonly string[], env: Readonly<Record<string, string>> = {}): StartDecision<'edge'> {
  return decideStart({ program: 'edge', groups: ['edge'], env, argv, readFile: () => 'from-file' });
}

describe('the flags of a service', () => {
  it('runs without flags', () => {
    const decision = start([]);
    expect(decision.kind === 'run' && decision.config.ocppPort).toBe(9000);
  });

  it('checks the configuration and exits 0 or 1', () => {
    expect(start(['--check-config'])).toEqual({ kind: 'exit', code: 0, text: 'Configuration is valid.' });
    const broken = start(['--check-config'], { VOLTLANE_OCPP_PORT: 'x' });
    expect(broken).toMatchObject({ kind: 'exit', code: 1 });
    expect(broken.kind === 'exit' && broken.text).toContain('VOLTLANE_OCPP_PORT');
  });

  it('prints the effective configuration with sources and without secrets', () => {
    const env = { VOLTLANE_NATS_URL: 'nats://a:4222', VOLTLANE_NATS_TOKEN: 'hunter2', VOLTLANE_OCPP_PORT: '9100' };
    const decision = start(['--print-config'], env);
    const text = decision.kind === 'exit' ? decision.text : '';
    expect(text).toContain('VOLTLANE_OCPP_PORT=9100  # env');
    expect(text).toContain('VOLTLANE_CALL_DEADLINE_MS=25000  # default');
    expect(text).toContain('VOLTLANE_NATS_TOKEN=(secret)  # env');
    expect(text).not.toContain('hunter2');
  });

  it('refuses an unknown flag and suggests the nearest', () => {
    expect(start(['--check-confg'])).toEqual({
      kind: 'exit',
      code: 1,
      text: '--check-confg is not a flag; did you mean --check-config?',
    });
  });

  it('prints help even when the configuration is broken', () => {
    expect(start(['--help'], { VOLTLANE_OCPP_PORT: 'x' })).toMatchObject({ kind: 'exit', code: 0 });
  });
});
