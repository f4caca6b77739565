/** Options of the worker: the actors of chargers. */
import { integer, oneOf, port } from '../kind.ts';
import type { OptionGroup } from '../option.ts';

/** Options only the worker has. */
export interface WorkerOptions {
  readonly workerHealthPort: number;
  readonly mailboxCallsMax: number;
  readonly actorsMax: number;
  readonly actorIdleMs: number;
  readonly sessionsKnownMax: number;
  readonly memberHeartbeatMs: number;
  readonly selfFenceMs: number;
  readonly memberExpiryMs: number;
  readonly handOverMs: number;
  readonly rebalanceInFlightMax: number;
  readonly heartbeatIntervalS: number;
  readonly bootRetryIntervalS: number;
  readonly commandsPerChargerMax: number;
  readonly commandTimeoutsMax: number;
  readonly quietAfterBootMs: number;
  readonly pressureMessagesMax: number;
  readonly pressureAppendMs: number;
  readonly authorize: 'open' | 'tokens';
  readonly lastSeenWriteIntervalS: number;
  readonly journalTrimIntervalS: number;
  readonly handlerAsksMax: number;
  readonly handlerDeadlineMs: number;
}

/** The worker group as data. */
export const workerOptions: OptionGroup<WorkerOptions> = {
  workerHealthPort: { kind: port, default: 9002, doc: 'Port of the worker’s `/healthz`, `/readyz` and `/metrics`.' },
  mailboxCallsMax: {
    kind: integer(1, 10_000),
    default: 64,
    doc: 'Messages of one charger that wait for its actor; one more is refused and sent again by the edge.',
  },
  actorsMax: {
    kind: integer(1, 10_000_000),
    default: 200_000,
    doc: 'Actors one worker keeps in memory; above it the longest idle ones are put away.',
  },
  actorIdleMs: {
    kind: integer(1_000, 86_400_000),
    default: 900_000,
    doc: 'Silence after which an actor is put away; the next message brings it back from the journal.',
  },
  sessionsKnownMax: {
    kind: integer(1, 10_000_000),
    default: 1_000_000,
    doc: 'Chargers whose edge a worker remembers, about 130 bytes each. Others are not reported when their edge dies, until heard of.',
  },
  memberHeartbeatMs: {
    kind: integer(10, 60_000),
    default: 250,
    doc: 'How often a worker tells the others that it lives. Equal in all workers, as `selfFenceMs` and `memberExpiryMs`.',
  },
  selfFenceMs: {
    kind: integer(30, 180_000),
    default: 1_800,
    doc: 'A worker without an acknowledged heartbeat for this long stops acting and drops its partitions.',
  },
  memberExpiryMs: {
    kind: integer(40, 240_000),
    default: 2_200,
    doc: 'A connected worker nobody heard of for this long has lost its partitions: the others take them. One whose connection is gone has after two heartbeats.',
  },
  handOverMs: {
    kind: integer(50, 60_000),
    default: 2_000,
    doc: 'How long a partition that moves may finish its mailboxes; the rest is dropped and sent again by the edges.',
  },
  rebalanceInFlightMax: {
    kind: integer(1, 4_096),
    default: 8,
    doc: 'Partitions one worker hands over at the same time while the load is balanced anew.',
  },
  heartbeatIntervalS: {
    kind: integer(10, 86_400),
    default: 300,
    doc: 'Heartbeat interval told to an accepted charger at boot, a tenth more or less for each charger, so that they do not beat in step.',
  },
  bootRetryIntervalS: {
    kind: integer(5, 86_400),
    default: 60,
    doc: 'Interval told to a pending or rejected charger until its next BootNotification.',
  },
  commandsPerChargerMax: {
    kind: integer(1, 256),
    default: 16,
    doc: 'Commands that wait for one charger; one more is refused with `queue-full`.',
  },
  commandTimeoutsMax: {
    kind: integer(0, 100),
    default: 3,
    doc: 'Commands in a row without an answer after which the connection of the charger is closed: some answer again only after reconnecting. 0 never closes.',
  },
  quietAfterBootMs: {
    kind: integer(0, 600_000),
    default: 0,
    doc: 'Commands are held back this long after an accepted BootNotification, for chargers that hang on a CALL that comes too early.',
  },
  pressureMessagesMax: {
    kind: integer(1, 10_000_000),
    default: 5_000,
    doc: 'Messages in hand and in mailboxes above which chargers that have no service yet are told to boot later, until it is half of that.',
  },
  pressureAppendMs: {
    kind: integer(1, 600_000),
    default: 1_000,
    doc: 'Mean time of an append above which the same happens, while a twentieth of `pressureMessagesMax` waits.',
  },
  lastSeenWriteIntervalS: {
    kind: integer(0, 86_400),
    default: 60,
    doc: 'How often a worker writes when its chargers were last heard of, for the api; 0 never does, and only changes of state say it.',
  },
  journalTrimIntervalS: {
    kind: integer(10, 604_800),
    default: 3_600,
    doc: 'How often records older than `VOLTLANE_JOURNAL_MAX_AGE_HOURS` are let go of.',
  },
  handlerAsksMax: {
    kind: integer(1, 10_000),
    default: 10_000,
    doc: 'Questions to handlers of users that wait for their answer, per worker; above it a call gets its fallback at once.',
  },
  handlerDeadlineMs: {
    kind: integer(100, 20_000),
    default: 20_000,
    doc: 'Longest time a handler gets for a call; a tenant’s setting above it counts as this.',
  },
  authorize: {
    kind: oneOf(['open', 'tokens']),
    defaultFrom: (earlier) => (earlier.chargers === 'open' ? 'open' : 'tokens'),
    defaultDoc: 'open with open chargers, else tokens',
    doc: 'Accept every token (`open`, for trying out) or only those of the token store.',
  },
};
