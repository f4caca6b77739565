/**
 * The public record on `event.<tenant>.<charger>.state` and `.meter`: readable JSON, stable, versioned. docs/events.md is
 * written from this file and held to it by a golden test.
 */

/** Version of the record shape; grows only when a reader must change. */
export const EVENT_RECORD_VERSION = 1;

/** The closed list of event kinds. New kinds may be added; a reader ignores kinds it does not know. */
export const EVENT_KINDS = [
  'charger.connected',
  'charger.disconnected',
  'charger.booted',
  'connector.status',
  'transaction.started',
  'transaction.updated',
  'transaction.ended',
  'meter.values',
  'security.event',
  'firmware.status',
  'firmware.publishStatus',
  'log.status',
  'report.part',
  'device.event',
  'data.transfer',
  'certificate.signingRequested',
  'chargingLimit.changed',
  'chargingLimit.cleared',
  'charging.needs',
  'charging.schedule',
  'charging.priority',
  'reservation.status',
  'battery.swap',
  'settlement.notified',
  'der.alarm',
  'der.startStop',
  'stream.opened',
  'stream.closed',
  'stream.data',
  'message.rejected',
  'command.queued',
  'command.sent',
  'command.finished',
  'charger.unresponsive',
] as const;

/** One of `EVENT_KINDS`. */
export type EventKind = (typeof EVENT_KINDS)[number];

/** One thing that happened. */
export interface EventBody {
  /** Stable and unique per charger: the same happening has the same id however often it is delivered. */
  readonly id: string;
  readonly kind: EventKind;
  /** When it happened by the charger's account where it gave one, else when the broker received it; ISO 8601 UTC. */
  readonly at: string;
  /** Version-neutral content; shape depends on `kind`. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** The OCPP message the events came from, as the charger wrote it. */
export interface EventSource {
  readonly version: '1.6' | '2.0.1' | '2.1';
  readonly action: string;
  readonly messageId: string;
  /** When the edge received it; ISO 8601 UTC. */
  readonly receivedAt: string;
  /** Deviations from the schema the lenient pipeline mended; absent when there were none. */
  readonly deviations?: readonly string[];
  /** The payload, verbatim. */
  readonly payload: unknown;
}

/** What one record holds: one state change of one charger, or one telemetry message. */
export interface EventRecord {
  readonly v: 1;
  readonly tenant: string;
  readonly charger: string;
  /** When the broker recorded it; ISO 8601 UTC. */
  readonly recordedAt: string;
  /** The session it came by; absent for events without one. */
  readonly session?: string;
  readonly events: readonly EventBody[];
  /** Absent for events that no OCPP message caused (connected, disconnected). */
  readonly source?: EventSource;
}
