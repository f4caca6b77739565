import { createFakeClock } from '@voltlane/time';
import { type Bus, createMemoryBus } from '../src/index.ts';
import { busContract } from './contract.ts';
import type { BusHarness } from './harness.ts';

busContract('memory', async () => {
  const clock = createFakeClock();
  const handlerErrors: BusHarness['handlerErrors'] = [];
  const broker = createMemoryBus({ clock, onError: (error, subject) => handlerErrors.push({ error, subject }) });
  const connections = new Map<string, Bus>();
  return {
    handlerErrors,
    age: { maxAgeMs: 1_000, expiredAfterMs: 1_001 },
    connect: async (name) => {
      const bus = broker.connect(name);
      connections.set(name, bus);
      return bus;
    },
    pass: (ms) => clock.advanceAsync(ms),
    outage: async () => {
      for (const name of connections.keys()) broker.cut(name);
    },
    recover: async () => {
      for (const name of connections.keys()) broker.heal(name);
    },
    stop: async () => {
      for (const bus of connections.values()) await bus.close();
    },
  };
});
