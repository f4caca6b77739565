/** Which bus the configuration asks for: one memory bus for everything in this process, or NATS. */
import { type Bus, connectNats, createMemoryBus, type NatsOptions } from '@voltlane/bus';
import type { SharedOptions } from '@voltlane/config';
import type { Logger } from '@voltlane/telemetry';
import type { Clock, Random } from '@voltlane/time';

/** Gives each service of the process its own connection. */
export interface Backplane {
  readonly kind: 'nats' | 'memory';
  /**
   * A connection named after the service. On NATS it waits for a server until `signal` aborts, so that the order in which
   * pods start does not matter; the log says what it waits for. Bad credentials reject at once.
   */
  connect(service: string, log: Logger, signal: AbortSignal): Promise<Bus>;
}

/** Chooses the bus; connects to nothing yet. */
export function openBackplane(config: SharedOptions, clock: Clock, random: Random): Backplane {
  if (config.natsUrl.length === 0) {
    const broker = createMemoryBus({ clock, random });
    return { kind: 'memory', connect: (service) => Promise.resolve(broker.connect(service)) };
  }
  return {
    kind: 'nats',
    connect: (service, log, signal) => connectNats({ ...natsOptions(config, service, log), clock, random, signal }),
  };
}

/** How the options of a process say to reach NATS. */
export function natsOptions(
  config: SharedOptions,
  service: string,
  log: Logger,
): Omit<NatsOptions, 'clock' | 'random' | 'signal'> {
  const { natsTlsCaFile: caFile, natsTlsCertFile: certFile, natsTlsKeyFile: keyFile } = config;
  const wantsTls =
    caFile !== undefined || certFile !== undefined || config.natsUrl.some((url) => url.startsWith('tls:'));
  return {
    urls: config.natsUrl,
    name: `voltlane-${service}`,
    bucketReplicas: config.natsReplicas,
    // Bucket names know no dots.
    bucketPrefix: config.subjectPrefix === '' ? '' : `${config.subjectPrefix.replaceAll('.', '_')}_`,
    waitOnFirstConnect: true,
    ...(config.natsUser === undefined ? {} : { user: config.natsUser }),
    ...(config.natsPassword === undefined ? {} : { pass: config.natsPassword }),
    ...(config.natsToken === undefined ? {} : { token: config.natsToken }),
    ...(wantsTls
      ? {
          tls: {
            ...(caFile === undefined ? {} : { caFile }),
            ...(certFile === undefined ? {} : { certFile }),
            ...(keyFile === undefined ? {} : { keyFile }),
          },
        }
      : {}),
    log: (event) => {
      const { kind, ...fields } = event;
      if (kind === 'connected' || kind === 'reconnected') log.info(fields, `nats ${kind}`);
      else log.warn(fields, `nats ${kind}`);
    },
  };
}
