import { afterEach, describe, expect, it } from 'vitest';
import { findBinaries } from '../../src/local/binaries.ts';

afterEach(() => {
  delete process.env['HAPROXY_BIN'];
  delete process.env['PROMETHEUS_BIN'];
});

describe('the programs of a set', () => {
  it('that are missing are all named at once, with the line that installs them', async () => {
    process.env['HAPROXY_BIN'] = '/no/such/haproxy';
    process.env['PROMETHEUS_BIN'] = '/no/such/prometheus';
    const finding = findBinaries();
    await expect(finding).rejects.toMatchObject({ code: 'binary-missing' });
    await expect(finding).rejects.toThrow(
      /missing: haproxy, prometheus\..*\n {2}apt-get install --yes haproxy prometheus\n/,
    );
    await expect(finding).rejects.toThrow('HAPROXY_BIN is /no/such/haproxy');
  });
});
