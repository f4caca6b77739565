/**
 * What the installations of this repository choose among the options: only what differs from the default. The files of options
 * under kubernetes/ are written from this and the catalogue; an installation of your own overrides them in an overlay of its own.
 */
import type { AllOptions, GroupName } from '@voltlane/config';

/** One ConfigMap: options by field, and names that are no options of ours. */
export interface MapSettings {
  readonly options: Partial<AllOptions>;
  readonly others: Readonly<Record<string, string>>;
}

/** The four ConfigMaps of one place. The one of a service comes after the shared one and wins over it. */
export type PlaceSettings = Readonly<Record<GroupName, MapSettings>>;

/** For every installation, sized for production. */
export const BASE: PlaceSettings = {
  shared: {
    options: {
      natsUrl: ['nats://nats:4222'],
      natsUser: 'voltlane',
      natsReplicas: 3,
      chargers: 'registered',
      healthHost: '0.0.0.0',
      logFormat: 'json',
    },
    others: { VOLTLANE_NATS_PASSWORD_FILE: '/run/secrets/voltlane/nats/password' },
  },
  edge: {
    options: {
      ocppHost: '0.0.0.0',
      trustProxy: true,
      // 20,000 sockets in 40 s: a slope the other edges take besides their own chargers, and within the third of the stop
      // in which an edge tells its sockets (42 s of 120).
      connectionsMax: 20_000,
      drainPerSecond: 500,
      stopDeadlineMs: 120_000,
    },
    others: { NODE_OPTIONS: '--max-old-space-size=704' },
  },
  worker: { options: {}, others: { NODE_OPTIONS: '--max-old-space-size=1152' } },
  api: {
    options: { apiHost: '0.0.0.0', trustProxy: true },
    others: { VOLTLANE_API_TOKEN_FILE: '/run/secrets/voltlane/api/token', NODE_OPTIONS: '--max-old-space-size=576' },
  },
};

/** For a laptop: one of everything, any charger may connect. */
export const DEV: PlaceSettings = {
  shared: { options: { natsReplicas: 1, chargers: 'open', logLevel: 'debug' }, others: {} },
  edge: {
    options: { connectionsMax: 1_000, stopDeadlineMs: 25_000 },
    others: { NODE_OPTIONS: '--max-old-space-size=256' },
  },
  worker: { options: {}, others: { NODE_OPTIONS: '--max-old-space-size=256' } },
  api: { options: {}, others: { NODE_OPTIONS: '--max-old-space-size=256' } },
};
