/**
 * Everything in one process: the first five minutes, and small sites. Reads from top to bottom as the order of starting and, at
 * its end, the order of stopping. Has no rules of its own; what it starts is what the single services start.
 */
import { api } from '@voltlane/api';
import type { ConfigOf } from '@voltlane/config';
import { edge } from '@voltlane/edge';
import { type ProcessParts, startService } from '@voltlane/launch';
import { worker } from '@voltlane/worker';
import { bannerText } from './banner.ts';

/** Options of the whole broker. */
export type BrokerConfig = ConfigOf<'edge' | 'worker' | 'api'>;

/** A running broker. */
export interface Broker {
  /** Where chargers connect; append the identity. */
  readonly ocppUrl: string;
  /** Base URLs of health, readiness and metrics. */
  readonly healthUrls: { readonly edge: string; readonly worker: string; readonly api: string };
  /** What the start prints for people. */
  readonly banner: string;
  stop(): Promise<void>;
}

/** Starts the broker; when one service fails, those before it are stopped again. */
export async function startBroker(config: BrokerConfig, parts: ProcessParts): Promise<Broker> {
  const undo: (() => Promise<void>)[] = [];
  try {
    // The registry is seeded first, and actors are there before the first charger can be.
    const startedApi = await startService(api, config, parts);
    undo.push(startedApi.stop);
    const startedWorker = await startService(worker, config, parts);
    undo.push(startedWorker.stop);
    const startedEdge = await startService(edge, config, parts);

    const ocppUrl = startedEdge.running.ocppUrl;
    const healthUrls = { edge: startedEdge.healthUrl, worker: startedWorker.healthUrl, api: startedApi.healthUrl };
    return {
      ocppUrl,
      healthUrls,
      banner: bannerText({ config, ocppUrl, healthUrls, madeUpToken: startedApi.running.madeUpToken }),
      stop: async () => {
        // Sockets first: what they brought is still answered by the actors. Then the actors, then what only watches.
        await startedEdge.stop();
        await startedWorker.stop();
        await startedApi.stop();
      },
    };
  } catch (error) {
    for (const stop of undo.toReversed()) await stop();
    throw error;
  }
}
