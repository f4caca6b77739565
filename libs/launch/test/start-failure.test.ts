import { ConfigError } from '@voltlane/config';
import { describe, expect, it } from 'vitest';
import { explainStartFailure } from '../src/start-failure.ts';

function listenError(code: string, port: number): Error {
  return Object.assign(new Error(`listen ${code}`), { code, syscall: 'listen', address: '127.0.0.1', port });
}

const config = { ocppPort: 9000, edgeHealthPort: 9001 };

describe('explaining why a process did not start', () => {
  it('names the option of a port that is taken', () => {
    expect(explainStartFailure(listenError('EADDRINUSE', 9001), config)).toBe(
      'Port 9001 is taken (127.0.0.1:9001): stop what listens there or set VOLTLANE_EDGE_HEALTH_PORT to a free port.',
    );
  });

  it('looks through errors that carry the cause', () => {
    const wrapped = new Error('edge', { cause: listenError('EADDRINUSE', 9000) });
    expect(explainStartFailure(wrapped, config)).toContain('VOLTLANE_OCPP_PORT');
  });

  it('tells low ports and foreign addresses apart', () => {
    expect(explainStartFailure(listenError('EACCES', 9000), config)).toContain('above 1023');
    expect(explainStartFailure(listenError('EADDRNOTAVAIL', 9000), config)).toContain('VOLTLANE_OCPP_HOST');
  });

  it('passes every other message on', () => {
    expect(explainStartFailure(new ConfigError(['x is wrong']), config)).toContain('x is wrong');
    expect(explainStartFailure('odd', config)).toBe('odd');
  });
});
