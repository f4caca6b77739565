/**
 * How coordinator and agents on other machines talk over NATS. JSON, below `voltlane.loadtest.`:
 *
 *     voltlane.loadtest.join                         agent, every second until it is taken: AgentHello
 *     voltlane.loadtest.agent.<agent>.order          coordinator, request/reply: AgentOrder; the reply says it arrived
 *     voltlane.loadtest.agent.<agent>.records        coordinator, request/reply: RecordsAsk; the reply is bytes
 *     voltlane.loadtest.agent.<agent>.news           agent: AgentNews
 *     voltlane.loadtest.agent.<agent>.alive          coordinator, every second; an agent that misses it ends
 */

import type { GeneratorNews, GeneratorOrder } from './generator/plan.ts';

const ROOT = 'voltlane.loadtest';

/** Where agents announce themselves. */
export const JOIN_SUBJECT: string = `${ROOT}.join`;

/** A subject of one agent. */
export function agentSubject(agent: string, what: 'order' | 'records' | 'news' | 'alive'): string {
  return `${ROOT}.agent.${agent}.${what}`;
}

/** An agent that waits to be taken. */
export interface AgentHello {
  readonly agent: string;
  readonly host: string;
  /** Generator processes it will run. */
  readonly generators: number;
}

/** An order to one of its generators, counted from 0. */
export interface AgentOrder {
  readonly generator: number;
  readonly order: GeneratorOrder;
}

/** What one of its generators tells; `lost` when it is gone. */
export interface AgentNews {
  readonly generator: number;
  readonly news: GeneratorNews;
}

/** Part of a file of chargers' records; an empty answer is its end. */
export interface RecordsAsk {
  readonly file: string;
  readonly offset: number;
}

/** Bytes of one answer; NATS takes 1 MB by default. */
export const RECORDS_CHUNK_BYTES = 262_144;
/** How often the coordinator says that it is there, and how long an agent goes on without. */
export const ALIVE_MS = 1_000;
export const ALIVE_MS_MAX = 15_000;

/** As it travels. */
export function encode(value: AgentHello | AgentOrder | AgentNews | RecordsAsk): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** What was encoded by the other side, which is of the same version. */
export function decode<T extends AgentHello | AgentOrder | AgentNews | RecordsAsk>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}
