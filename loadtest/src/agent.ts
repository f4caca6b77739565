/**
 * `npm run loadtest -- --join nats://…`: runs generators on this machine for a coordinator on another. Does what it is told, relays
 * what its generators tell, ends with the run or when the coordinator is gone.
 */

import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Bus } from '@voltlane/bus';
import { connectNats } from '@voltlane/bus';
import { systemClock } from '@voltlane/time';
import type { AgentNews, AgentOrder, RecordsAsk } from './agent-protocol.ts';
import {
  ALIVE_MS,
  ALIVE_MS_MAX,
  agentSubject,
  decode,
  encode,
  JOIN_SUBJECT,
  RECORDS_CHUNK_BYTES,
} from './agent-protocol.ts';
import type { GeneratorNews } from './generator/plan.ts';
import type { GeneratorLink } from './generator-link.ts';
import { startGeneratorProcess } from './generator-process.ts';

/** Serves one run; resolves to the exit status. */
export async function runAgent(
  urls: readonly string[],
  generators: number,
  note: (line: string) => void,
): Promise<number> {
  note(`waiting for NATS at ${urls.join(',')}`);
  const bus = await connectNats({
    urls,
    name: 'voltlane-loadtest-agent',
    clock: systemClock,
    waitOnFirstConnect: true,
  });
  const agent = randomUUID().slice(0, 8);
  const links = Array.from({ length: generators }, (_, index) => startGeneratorProcess(`generator ${index + 1}`));
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  let taken = false;
  let heardMs = systemClock.monotonicMs();
  links.forEach((link, generator) => relay(bus, agent, link, generator));
  bus.subscribe(agentSubject(agent, 'alive'), () => {
    heardMs = systemClock.monotonicMs();
  });
  bus.subscribe(agentSubject(agent, 'order'), ({ data, reply }) => {
    const { generator, order } = decode<AgentOrder>(data);
    if (!taken) note('taken by a coordinator');
    taken = true;
    links[generator]?.order(order);
    if (reply !== undefined) bus.publish(reply, new Uint8Array(0));
    if (order.kind === 'end' && generator === links.length - 1) end(0);
  });
  bus.subscribe(agentSubject(agent, 'records'), ({ data, reply }) => {
    if (reply !== undefined) bus.publish(reply, readChunk(decode<RecordsAsk>(data)));
  });
  const beat = setInterval(() => {
    if (!taken) {
      bus.publish(JOIN_SUBJECT, encode({ agent, host: hostname(), generators }));
      heardMs = systemClock.monotonicMs();
    } else if (systemClock.monotonicMs() - heardMs > ALIVE_MS_MAX) {
      note(`nothing heard of the coordinator for ${ALIVE_MS_MAX} ms`);
      end(1);
    }
  }, ALIVE_MS);
  note(`agent ${agent} with ${generators} generators waits for a coordinator`);
  const status = await ended;
  clearInterval(beat);
  await Promise.all(links.map((link) => link.gone));
  await bus.flush().catch(() => undefined); // NATS may have gone with the coordinator.
  await bus.close();
  return status;
}

function relay(bus: Bus, agent: string, link: GeneratorLink, generator: number): void {
  const tell = (news: GeneratorNews): void => {
    const message: AgentNews = { generator, news };
    bus.publish(agentSubject(agent, 'news'), encode(message));
  };
  link.onNews(tell);
  link.onLost((why) => tell({ kind: 'failed', why }));
}

/** Only files that a generator of this run wrote are asked for; the coordinator has their names from them. */
function readChunk({ file, offset }: RecordsAsk): Uint8Array {
  const buffer = Buffer.alloc(RECORDS_CHUNK_BYTES);
  const handle = openSync(file, 'r');
  try {
    return buffer.subarray(0, readSync(handle, buffer, 0, buffer.length, offset));
  } finally {
    closeSync(handle);
  }
}
