/** Generators on other machines: waits for agents to join over NATS and makes each of their generators a link. */

import { randomUUID } from 'node:crypto';
import { mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bus } from '@voltlane/bus';
import { sleep, systemClock } from '@voltlane/time';
import type { AgentHello, AgentNews } from './agent-protocol.ts';
import { ALIVE_MS, agentSubject, decode, encode, JOIN_SUBJECT } from './agent-protocol.ts';
import { LoadTestError } from './errors.ts';
import type { GeneratorNews, GeneratorOrder } from './generator/plan.ts';
import type { GeneratorLink } from './generator-link.ts';

const JOIN_MS_MAX = 300_000;
const ORDER_MS_MAX = 10_000;
const POLL_MS = 100;

/** Waits for so many agents; resolves to the generators of all of them. */
export async function joinedGenerators(
  bus: Bus,
  agents: number,
  note: (line: string) => void,
): Promise<readonly GeneratorLink[]> {
  note(`waiting for ${agents} agents (npm run loadtest -- --join <url of NATS>)`);
  const joined = new Map<string, AgentHello>();
  const subscription = bus.subscribe(JOIN_SUBJECT, ({ data }) => {
    const hello = decode<AgentHello>(data);
    if (joined.size >= agents || joined.has(hello.agent)) return;
    joined.set(hello.agent, hello);
    note(`agent ${hello.agent} on ${hello.host} joined with ${hello.generators} generators`);
  });
  const untilMs = systemClock.monotonicMs() + JOIN_MS_MAX;
  while (joined.size < agents && systemClock.monotonicMs() < untilMs) await sleep(systemClock, POLL_MS);
  subscription.unsubscribe();
  if (joined.size < agents)
    throw new LoadTestError(
      'generator-lost',
      `${joined.size} of ${agents} agents joined within ${JOIN_MS_MAX / 1000} s`,
    );
  const alive = setInterval(() => {
    for (const agent of joined.keys()) bus.publish(agentSubject(agent, 'alive'), new Uint8Array(0));
  }, ALIVE_MS);
  alive.unref();
  return [...joined.values()].flatMap((hello) => linksOf(bus, hello));
}

function linksOf(bus: Bus, { agent, generators }: AgentHello): readonly GeneratorLink[] {
  const listeners: ((news: GeneratorNews) => void)[] = [];
  bus.subscribe(agentSubject(agent, 'news'), ({ data }) => {
    const { generator, news } = decode<AgentNews>(data);
    listeners[generator]?.(news);
  });
  return Array.from({ length: generators }, (_, generator) => {
    const name = `${agent}/${generator + 1}`;
    let lost: (why: string) => void = () => undefined;
    const order = (order: GeneratorOrder): void => {
      bus.request(agentSubject(agent, 'order'), encode({ generator, order }), ORDER_MS_MAX).catch((error: unknown) => {
        lost(`${name} did not take the order ${order.kind}: ${String(error)}`);
      });
    };
    return {
      name,
      pid: undefined,
      order,
      onNews: (listener) => {
        listeners[generator] = listener;
      },
      onLost: (listener) => {
        lost = listener;
      },
      recordFile: (file) => fetchRecords(bus, agent, file),
      kill: () => order({ kind: 'end' }),
      gone: Promise.resolve(),
    };
  });
}

/** Copies a file of records to this machine. */
async function fetchRecords(bus: Bus, agent: string, file: string): Promise<string> {
  const copy = join(await mkdtemp(join(tmpdir(), 'voltlane-loadtest-')), `${randomUUID()}.records`);
  const handle = await open(copy, 'w');
  try {
    for (let offset = 0; ; ) {
      const chunk = await bus.request(agentSubject(agent, 'records'), encode({ file, offset }), ORDER_MS_MAX);
      if (chunk.length === 0) return copy;
      await handle.write(chunk);
      offset += chunk.length;
    }
  } finally {
    await handle.close();
  }
}
