import { startNatsServer } from '@voltlane/testkit';
import { sleep, systemClock } from '@voltlane/time';
import { type Bus, connectNats } from '../src/index.ts';
import { busContract } from './contract.ts';
import type { BusHarness } from './harness.ts';

busContract('nats', async () => {
  const server = await startNatsServer();
  const handlerErrors: BusHarness['handlerErrors'] = [];
  const connections: Bus[] = [];
  const all = async (status: string): Promise<void> => {
    const deadlineMs = systemClock.monotonicMs() + 10_000;
    for (;;) {
      const missing = connections.filter((bus) => bus.status() !== status && bus.status() !== 'closed');
      if (missing.length === 0) return;
      if (systemClock.monotonicMs() > deadlineMs) throw new Error(`${missing.length} connections are not ${status}`);
      await sleep(systemClock, 2);
    }
  };
  return {
    handlerErrors,
    age: { maxAgeMs: 500, expiredAfterMs: 1_200 },
    connect: async (name) => {
      const bus = await connectNats({
        urls: server.url,
        name,
        clock: systemClock,
        reconnectWaitMsMax: 100,
        onError: (error, subject) => handlerErrors.push({ error, subject }),
      });
      connections.push(bus);
      return bus;
    },
    pass: (ms) => sleep(systemClock, ms),
    outage: async () => {
      await server.kill();
      await all('disconnected');
    },
    recover: async () => {
      await server.restart();
      await all('connected');
    },
    stop: async () => {
      for (const bus of connections) await bus.close();
      await server.stop();
    },
  };
});
