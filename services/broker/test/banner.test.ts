import { loadConfig } from '@voltlane/config';
import { describe, expect, it } from 'vitest';
import { bannerText } from '../src/banner.ts';

const healthUrls = { edge: 'http://127.0.0.1:9001', worker: 'http://127.0.0.1:9002', api: 'http://127.0.0.1:8080' };

function banner(
  env: Readonly<Record<string, string>>,
  ocppUrl = 'ws://127.0.0.1:9000/ocpp',
  madeUpToken?: string,
): string {
  return bannerText({ config: loadConfig(['edge', 'worker'], env, () => '').config, ocppUrl, healthUrls, madeUpToken });
}

describe('the banner', () => {
  it('says where to connect and what the memory mode does not promise', () => {
    const text = banner({});
    expect(text).toContain('ws://127.0.0.1:9000/ocpp/<chargerId>');
    expect(text).toContain('http://127.0.0.1:9001/healthz');
    expect(text).toContain('nothing survives this process');
    expect(text).toContain('every charger may connect');
    expect(text).toContain('every token may charge');
    expect(text.split('\n').at(-1)).toBe('  npm run charger -- --id CP1 --version 1.6');
  });

  it('shows the key of the api where it was made up, in a line to copy, and no other key', () => {
    expect(banner({}, undefined, 'made-up').split('\n').at(-1)).toBe(
      "  curl -H 'Authorization: Bearer made-up' http://127.0.0.1:8080/v1/tokens",
    );
    expect(banner({})).not.toContain('Bearer');
  });

  it('gives the demo charger the URL when it is not the usual one', () => {
    expect(banner({}, 'ws://127.0.0.1:9100/ocpp')).toContain('--url ws://127.0.0.1:9100/ocpp');
  });

  it('says that one copy on NATS can be lost, and nothing when there are three and all is closed', () => {
    const nats = { VOLTLANE_NATS_URL: 'nats://127.0.0.1:4222' };
    expect(banner(nats)).toContain('one copy');
    expect(banner({ ...nats, VOLTLANE_JOURNAL_STORAGE: 'memory' })).toContain('memory of NATS');
    expect(banner({ ...nats, VOLTLANE_NATS_REPLICAS: '3' })).not.toContain('!');
  });
});
