/**
 * The api: reads top to bottom as the order of starting and, at its end, of stopping. It starts nothing when the seed file has a
 * mistake. New routes are one line in `routes` below.
 */
import { eventJournalOptions, type Journal } from '@voltlane/bus';
import { LAST_SEEN_BUCKET, LAST_SEEN_PAGE_BYTES_MAX } from '@voltlane/charger-state';
import { CommandClient, openCommandStore } from '@voltlane/commands';
import type { ConfigOf } from '@voltlane/config';
import type { Running, ServiceContext, ServicePort } from '@voltlane/launch';
import { openApiKeys, openHandlerSettings, registeredIdentity } from '@voltlane/registry';
import { withTimeout } from '@voltlane/time';
import { createAuthenticator } from './auth.ts';
import { EventHub } from './events/event-hub.ts';
import { type Fleet, startFleet } from './fleet/fleet-feed.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { chargerRoutes, isKnownCharger } from './routes/charger.ts';
import { chargerRecordRoutes } from './routes/charger-records.ts';
import { chargerListRoutes } from './routes/chargers.ts';
import { commandRoutes } from './routes/commands.ts';
import { eventRoutes } from './routes/events.ts';
import { handlerRoutes } from './routes/handlers.ts';
import { importRoutes } from './routes/imports.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { traceRoutes } from './routes/traces.ts';
import { loadSeedFile } from './seed-file.ts';
import { createApiServer } from './server.ts';
import { TraceDesk } from './traces/trace-desk.ts';

/** A running api. */
export interface Api extends Running {
  /** `http://host:port`. */
  readonly url: string;
  /** The administrator's key when it was made up at start: for the person who started it, and for nobody else. */
  readonly madeUpToken: string | undefined;
}

const HOUR_MS = 3_600_000;
/** Proxies cut connections that are silent for a minute or so. */
const STREAM_HEARTBEAT_MS = 15_000;
/** Bytes of a key that is made up. */
const TOKEN_BYTES = 24;
/** An import is one request: 100,000 lines over a slow line. */
const REQUEST_TIMEOUT_MS = 300_000;
/** Of the time a stop may take, what requests under way get. */
const DRAIN_SHARE = 0.5;

/** Starts the api; rejects with SeedFileError when the seed file is not usable. */
export async function startApi(context: ServiceContext<ConfigOf<'api'>>, port: ServicePort): Promise<Api> {
  const { bus, clock, config, random, registry, settings, subjects, telemetry } = context;
  const { log, metrics } = telemetry;
  const handlers = await openHandlerSettings(bus);
  if (config.seedFile !== undefined) {
    const result = await loadSeedFile({ registry, handlers }, config.seedFile, random);
    log.info({ path: config.seedFile, ...result }, 'seed applied');
  }

  const { journal, fleet, hub } = await startReading(context);
  const keys = await openApiKeys({
    bus,
    clock,
    onUnreadable: (keyId) => log.error({ keyId }, 'api key cannot be read, it does not count'),
  });
  const madeUpToken =
    config.apiToken === undefined && bus.kind === 'memory' ? newToken(random.bytes(TOKEN_BYTES)) : undefined;
  const authenticator = createAuthenticator({
    adminToken: config.apiToken ?? madeUpToken,
    storedKeys: keys,
    clock,
  });
  const commands = new CommandClient({
    bus,
    subjects,
    partitions: settings.partitions,
    store: await openCommandStore(bus, { keepMs: config.commandKeepHours * HOUR_MS }),
    identity: registeredIdentity(registry),
    clock,
    random,
    inFlightMax: config.commandRequestsMax,
  });
  void keys.caughtUp().then(() => {
    if (config.apiToken !== undefined || madeUpToken !== undefined || keys.list().length > 0) return;
    log.warn({ option: 'VOLTLANE_API_TOKEN' }, 'nobody can use the api: no key is stored and none is configured');
  });
  commands.start();
  const traces = new TraceDesk({ bus, subjects, clock, random, log, metrics, stallMs: config.apiStreamStallMs });
  const chargers = { fleet, journal, registry, subjects };
  /** Tells endless responses to end. */
  const stopping = new AbortController();
  const server = await createApiServer({
    routes: [
      chargerListRoutes({ fleet }),
      chargerRoutes(chargers),
      commandRoutes({ commands }),
      chargerRecordRoutes({ registry, random }),
      tokenRoutes({ registry, clock }),
      importRoutes({ registry, random }),
      handlerRoutes({ handlers }),
      apiKeyRoutes({ keys, clock, random }),
      traceRoutes({ traces, isKnown: (tenant, asked) => isKnownCharger(chargers, tenant, asked) }),
      eventRoutes({ hub, identityOf: (tenant, asked) => fleet.view.get(tenant, asked)?.journalId }),
    ],
    authenticator,
    log,
    metrics,
    clock,
    random,
    tracing: context.tracing,
    options: {
      requestsPerSecond: config.apiRequestsPerSecond,
      requestsBurstMax: config.apiRequestsBurstMax,
      bodyBytesMax: config.apiBodyBytesMax,
      trustProxy: config.trustProxy,
    },
  });
  port.serve((request, response) => server.handle(request, response), {
    connectionsMax: config.apiConnectionsMax,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  });

  return {
    url: port.url,
    madeUpToken,
    readiness: () => ({
      ready: bus.status() === 'connected' && keys.readable() && fleet.ready() && !stopping.signal.aborted,
      checks: {
        bus: busCheck(bus.status()),
        keys: keys.readable() ? 'ok' : 'not read yet',
        fleet: fleet.ready() ? 'ok' : 'not read yet',
        ...(stopping.signal.aborted ? { api: 'stopping' } : {}),
      },
    }),
    stop: async () => {
      stopping.abort();
      hub.stop();
      traces.stop();
      const waitMs = config.stopDeadlineMs * DRAIN_SHARE;
      await withTimeout(clock, server.drain(), waitMs, 'requests under way').catch(() => {
        log.warn({ waitMs }, 'requests cut off');
      });
      await server.close();
      handlers.close();
      keys.stop();
      commands.stop();
      fleet.stop();
    },
  };
}

/** What reads the journal: the view of the fleet and the streams of events. */
async function startReading(
  context: ServiceContext<ConfigOf<'api'>>,
): Promise<{ readonly journal: Journal; readonly fleet: Fleet; readonly hub: EventHub }> {
  const { bus, clock, config, random, registry, subjects, telemetry } = context;
  const { log, metrics } = telemetry;
  const journal = await bus.journal(
    eventJournalOptions(subjects, {
      maxAgeMs: config.journalMaxAgeHours * HOUR_MS,
      replicas: config.natsReplicas,
      storage: config.journalStorage,
      duplicateWindowMs: config.journalDuplicateWindowMs,
    }),
  );
  const lastSeen = await bus.keyValue({
    bucket: LAST_SEEN_BUCKET,
    maxAgeMs: 0,
    valueBytesMax: LAST_SEEN_PAGE_BYTES_MAX,
  });
  const chargersMax = config.fleetChargersMax;
  const fleet = await startFleet({ journal, registry, lastSeen, subjects, clock, log, metrics, chargersMax });
  const hub = new EventHub({
    journal,
    subjects,
    clock,
    random,
    metrics,
    options: {
      streamsMax: config.apiStreamsMax,
      streamsPerKeyMax: config.apiStreamsPerKeyMax,
      heartbeatMs: STREAM_HEARTBEAT_MS,
      stallMs: config.apiStreamStallMs,
    },
  });
  return { journal, fleet, hub };
}

function busCheck(status: string): string {
  return status === 'connected' ? 'ok' : status;
}

function newToken(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
