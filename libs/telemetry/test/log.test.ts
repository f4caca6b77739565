import { describe, expect, it } from 'vitest';
import { createLog, type LogFormat, type Logger } from '../src/log.ts';
import { prettyLine } from '../src/pretty-line.ts';

function capture(logFormat: LogFormat): { readonly log: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const sink = { write: (line: string): void => void lines.push(line) };
  return { log: createLog({ service: 'edge', instance: 'e1', logLevel: 'info', logFormat, sink }), lines };
}

describe('the log', () => {
  it('writes one JSON object per line with service and instance', () => {
    const { log, lines } = capture('json');
    log.info({ port: 9000 }, 'listening');
    log.debug({}, 'not written');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      service: 'edge',
      instance: 'e1',
      port: 9000,
      msg: 'listening',
    });
  });

  it('never writes secrets, also one level down', () => {
    const { log, lines } = capture('json');
    log.warn(
      { password: 'hunter2', config: { natsToken: 'hunter2' }, headers: { authorization: 'hunter2' } },
      'refused',
    );
    log.child({ token: 'hunter2' }).info({}, 'child');
    expect(lines.join('')).not.toContain('hunter2');
    expect(lines.join('')).toContain('(secret)');
  });

  it('writes lines for people when asked', () => {
    const { log, lines } = capture('pretty');
    log.info({ port: 9000 }, 'listening');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}edge {3}listening {2}port=9000\n$/);
  });

  it('shows the stack of an error and leaves foreign lines alone', () => {
    const { log, lines } = capture('pretty');
    log.error({ err: new Error('boom') }, 'failed');
    expect(lines[0]).toContain('Error: boom\n    at ');
    expect(prettyLine('not json\n')).toBe('not json\n');
  });
});
