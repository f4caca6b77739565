/** What must hold between options. Each rule is checked when all its options are loaded. */
import type { AllOptions } from './catalogue.ts';

/** A rule between options; `broken` says what is wrong, or nothing. */
export interface Relation {
  readonly fields: readonly (keyof AllOptions)[];
  broken(options: AllOptions): string | undefined;
}

/** Chargers give up on a call after this long at the earliest (OCPP-J leaves the figure open; 30 s is the common least). */
const CHARGER_GIVES_UP_MS = 30_000;

/** Largest message NATS takes unless its operator changed `max_payload`. The bus checks the real one when it connects. */
const BUS_PAYLOAD_BYTES = 1_048_576;

/** Room in a bus message for the envelope around a payload, bytes. */
const ENVELOPE_BYTES = 4_096;

function below(low: keyof AllOptions, high: keyof AllOptions, why: string, allowEqual: boolean = false): Relation {
  return {
    fields: [low, high],
    broken(options): string | undefined {
      const [a, b] = [Number(options[low]), Number(options[high])];
      if (a < b || (allowEqual && a === b)) return undefined;
      return `${low} (${a}) must ${allowEqual ? 'not be above' : 'be below'} ${high} (${b}): ${why}`;
    },
  };
}

/** All rules. */
export const RELATIONS: readonly Relation[] = [
  below('callResendMs', 'callDeadlineMs', 'a lost call must be sent again before its time is over'),
  below('handlerDeadlineMs', 'callDeadlineMs', 'what a handler leaves open must still be decided and answered in time'),
  below('pingIntervalMs', 'idleTimeoutMs', 'a quiet charger must get a ping before it counts as dead'),
  below('frameBytesMax', 'outboundBytesMax', 'one whole frame must fit into the buffer', true),
  below('apiStreamsMax', 'apiConnectionsMax', 'other requests need connections, too'),
  below('selfFenceMs', 'memberExpiryMs', 'a worker must have stopped acting before others take its partitions'),
  {
    fields: ['memberHeartbeatMs', 'selfFenceMs'],
    broken: (options) =>
      2 * options.memberHeartbeatMs < options.selfFenceMs
        ? undefined
        : `memberHeartbeatMs (${options.memberHeartbeatMs}) must be below half of selfFenceMs (${options.selfFenceMs}): one lost heartbeat must not stop a worker`,
  },
  {
    fields: ['edgeHeartbeatMs', 'edgeExpiryMs'],
    broken: (options) =>
      3 * options.edgeHeartbeatMs <= options.edgeExpiryMs
        ? undefined
        : `edgeHeartbeatMs (${options.edgeHeartbeatMs}) must not be above a third of edgeExpiryMs (${options.edgeExpiryMs}): one late heartbeat must not end an edge`,
  },
  {
    fields: ['callDeadlineMs'],
    broken: (options) =>
      options.callDeadlineMs < CHARGER_GIVES_UP_MS
        ? undefined
        : `callDeadlineMs (${options.callDeadlineMs}) must be below ${CHARGER_GIVES_UP_MS}: a charger gives up by then and sends again`,
  },
  {
    fields: ['frameBytesMax'],
    // A payload travels as text inside its envelope, so a frame that is let in must fit into one message of the bus.
    broken: (options) =>
      options.frameBytesMax <= BUS_PAYLOAD_BYTES - ENVELOPE_BYTES
        ? undefined
        : `frameBytesMax (${options.frameBytesMax}) must not be above ${BUS_PAYLOAD_BYTES - ENVELOPE_BYTES}: the bus takes ${BUS_PAYLOAD_BYTES} bytes a message`,
  },
  {
    fields: ['natsUser', 'natsPassword'],
    broken: (options) =>
      (options.natsUser === undefined) === (options.natsPassword === undefined)
        ? undefined
        : 'natsUser and natsPassword come together or not at all',
  },
  {
    fields: ['natsUser', 'natsToken'],
    broken: (options) =>
      options.natsUser === undefined || options.natsToken === undefined
        ? undefined
        : 'only one of natsUser and natsToken may be set',
  },
  {
    fields: ['natsTlsCertFile', 'natsTlsKeyFile'],
    broken: (options) =>
      (options.natsTlsCertFile === undefined) === (options.natsTlsKeyFile === undefined)
        ? undefined
        : 'natsTlsCertFile and natsTlsKeyFile come together or not at all',
  },
  {
    fields: ['natsUrl', 'natsUser', 'natsToken'],
    broken: (options) =>
      options.natsUrl.length > 0 || (options.natsUser === undefined && options.natsToken === undefined)
        ? undefined
        : 'NATS credentials without natsUrl: the memory bus would start instead',
  },
  {
    fields: ['journalDuplicateWindowMs', 'journalMaxAgeHours'],
    broken: (options) =>
      options.journalDuplicateWindowMs <= options.journalMaxAgeHours * 3_600_000
        ? undefined
        : 'journalDuplicateWindowMs must not be above journalMaxAgeHours: NATS refuses such a stream',
  },
];
