import { createMemoryBus } from '@voltlane/bus';
import { loadConfig, type SharedOptions } from '@voltlane/config';
import { systemClock, systemRandom } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { type Backplane, type ProcessParts, type Running, type ServiceDefinition, startService } from '../src/index.ts';

const config = loadConfig(['edge'], { VOLTLANE_LOG_LEVEL: 'fatal' }, () => '').config;

function parts(steps: string[]): ProcessParts {
  const broker = createMemoryBus({ clock: systemClock, random: systemRandom });
  const backplane: Backplane = {
    kind: 'memory',
    connect: (service) => {
      steps.push('bus');
      return Promise.resolve(broker.connect(service));
    },
  };
  const signal = new AbortController().signal;
  return { backplane, clock: systemClock, random: systemRandom, instance: 'test', signal };
}

function definition(steps: string[], start: () => Promise<Running>): ServiceDefinition<SharedOptions, Running> {
  return {
    name: 'probe',
    health: () => ({ host: '127.0.0.1', port: 0 }),
    start: ({ settings }) => {
      steps.push(`start with ${settings.partitions} partitions`);
      return start();
    },
  };
}

describe('starting a service', () => {
  it('serves its readiness and stops in reverse order', async () => {
    const steps: string[] = [];
    const running: Running = {
      readiness: () => ({ ready: true, checks: { probe: 'ok' } }),
      stop: () => {
        steps.push('stop');
        return Promise.resolve();
      },
    };
    const started = await startService(
      definition(steps, () => Promise.resolve(running)),
      config,
      parts(steps),
    );
    expect(await (await fetch(`${started.healthUrl}/readyz`)).json()).toEqual({ ready: true, checks: { probe: 'ok' } });
    const metrics = await (await fetch(`${started.healthUrl}/metrics`)).text();
    expect(metrics).toContain('voltlane_bus_connected{service="probe"} 1');
    await started.stop();
    expect(steps).toEqual(['bus', 'start with 256 partitions', 'stop']);
    await expect(fetch(`${started.healthUrl}/healthz`)).rejects.toThrow('fetch failed');
  });

  it('is not ready, and says at which step it is, until it has started', async () => {
    let url = '';
    const entered = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<Running>();
    const port = 20_000 + (process.pid % 20_000);
    const slow: ServiceDefinition<SharedOptions, Running> = {
      name: 'probe',
      health: () => ({ host: '127.0.0.1', port }),
      start: () => {
        entered.resolve();
        return finish.promise;
      },
    };
    const starting = startService(slow, config, parts([]));
    await entered.promise;
    url = `http://127.0.0.1:${port}`;
    const response = await fetch(`${url}/readyz`);
    expect([response.status, await response.json()]).toEqual([503, { ready: false, checks: { start: 'starting' } }]);
    finish.resolve({ readiness: () => ({ ready: true, checks: {} }), stop: () => Promise.resolve() });
    await (await starting).stop();
  });

  it('undoes what was started when a later step fails', async () => {
    const steps: string[] = [];
    const failing = definition(steps, () => Promise.reject(new Error('no')));
    const place = { host: '127.0.0.1', port: 20_001 + (process.pid % 20_000) };
    const fixed = { ...failing, health: () => place };
    await expect(startService(fixed, config, parts(steps))).rejects.toThrow('no');
    await expect(fetch(`http://127.0.0.1:${place.port}/healthz`)).rejects.toThrow('fetch failed');
  });
});
