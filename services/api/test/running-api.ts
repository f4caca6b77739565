/** A whole api on a bus of the test's choice, with its real port, and a client of its event streams. */
import {
  type Bus,
  connectNats,
  createMemoryBus,
  eventJournalOptions,
  type Journal,
  type MemoryBroker,
} from '@voltlane/bus';
import { loadConfig } from '@voltlane/config';
import { startService } from '@voltlane/launch';
import { systemClock, systemRandom } from '@voltlane/time';
import { createSubjects } from '@voltlane/wire';
import { api } from '../src/index.ts';

/** Key of the administrator in these tests. */
export const TOKEN = 'test-token-0123456789';

export interface RunningApi {
  readonly url: string;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

/** Where an api connects to: NATS servers, or a broker in memory. */
export type Place = { readonly urls: readonly string[] } | { readonly broker: MemoryBroker };

export async function startApi(place: Place, env: Record<string, string> = {}): Promise<RunningApi> {
  const { config } = loadConfig(
    ['api'],
    {
      VOLTLANE_API_PORT: '0',
      VOLTLANE_API_TOKEN: TOKEN,
      VOLTLANE_API_REQUESTS_PER_SECOND: '10000',
      VOLTLANE_LOG_LEVEL: 'fatal',
      ...env,
    },
    () => '',
  );
  const service = await startService(api, config, {
    backplane: { kind: 'broker' in place ? 'memory' : 'nats', connect: () => connectTo(place, 'api') },
    clock: systemClock,
    random: systemRandom,
    instance: 'test',
    signal: new AbortController().signal,
  });
  const url = service.healthUrl;
  return {
    url,
    get: (path, headers = {}) => fetch(url + path, { headers: { authorization: `Bearer ${TOKEN}`, ...headers } }),
    stop: service.stop,
  };
}

let connections = 0;

/** A connection for the test, or an api. */
export async function connectTo(place: Place, name: string): Promise<Bus> {
  connections += 1;
  if ('broker' in place) return place.broker.connect(`${name}${connections}`);
  return connectNats({
    urls: place.urls,
    name,
    clock: systemClock,
    reconnectWaitMsMax: 200,
    ackTimeoutMs: 1_000,
    bucketReplicas: place.urls.length,
  });
}

export function memoryPlace(): Place {
  return { broker: createMemoryBus({ clock: systemClock }) };
}

/** The journal an api reads, with its default settings. */
export function journalOf(bus: Bus, replicas: number = 1): Promise<Journal> {
  return bus.journal(
    eventJournalOptions(createSubjects(), {
      maxAgeMs: 168 * 3_600_000,
      replicas,
      storage: 'file',
      duplicateWindowMs: 600_000,
    }),
  );
}

/** What came over one stream. */
export interface Follower {
  /** Ids of the events, `gap` for a gap. */
  readonly events: string[];
  /** Parsed `data` of each. */
  readonly data: Record<string, unknown>[];
  /** Position to come back to. */
  lastId(): string;
  ended(): boolean;
  readonly response: Response;
  leave(): void;
}

/** Follows `/v1/events?<query>`; fails when the answer is not a stream. */
export async function followEvents(at: RunningApi, query: string, lastEventId?: string): Promise<Follower> {
  const leaving = new AbortController();
  const response = await fetch(`${at.url}/v1/events?${query}`, {
    headers: {
      authorization: `Bearer ${TOKEN}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: leaving.signal,
  });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  const events: string[] = [];
  const data: Record<string, unknown>[] = [];
  let lastId = lastEventId ?? '';
  let ended = false;
  let text = '';
  const decoder = new TextDecoder();
  const read = async (): Promise<void> => {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        lastId = /^id: (.*)$/m.exec(frame)?.[1] ?? lastId;
        const json = /^data: (.*)$/m.exec(frame)?.[1];
        if (json === undefined) continue;
        const object: unknown = JSON.parse(json);
        if (typeof object !== 'object' || object === null) continue;
        events.push(frame.startsWith('event: gap') ? 'gap' : String('id' in object ? object.id : '?'));
        data.push({ ...object });
      }
    }
  };
  read()
    .catch(() => {})
    .finally(() => {
      ended = true;
    });
  return { events, data, lastId: () => lastId, ended: () => ended, response, leave: () => leaving.abort() };
}
