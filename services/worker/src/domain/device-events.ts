/**
 * NotifyEvent of 2.x: what the monitors of the device model saw, one event each. A connector's AvailabilityState is its status
 * as well: 2.1 reports it this way and calls StatusNotification deprecated.
 */
import type { Decision, DecisionContext, EventDraft } from '../handlers/handler.ts';
import type { StatusReport } from './connectors.ts';
import { connectorStatus } from './connectors.ts';
import { contentId } from './content-id.ts';
import { eventDraft, present } from './event-draft.ts';
import type { EmptyAnswer } from './status-events.ts';
import { reportedTime } from './timestamps.ts';
import { transactionKey2x } from './transaction-key.ts';

/** Device events written from one message; a frame can hold more, the source keeps them all. */
export const DEVICE_EVENTS_MAX = 500;

/** What NotifyEvent says. */
export interface DeviceEvents {
  readonly generatedAt: string;
  readonly seqNo: number;
  readonly tbc?: boolean;
  readonly eventData: readonly DeviceEvent[];
}

/** One thing a monitor saw. */
export interface DeviceEvent {
  readonly eventId: number;
  readonly timestamp: string;
  readonly trigger: string;
  readonly actualValue: string;
  readonly eventNotificationType: string;
  readonly component: Component;
  readonly variable: { readonly name: string; readonly instance?: string };
  readonly cause?: number;
  readonly techCode?: string;
  readonly techInfo?: string;
  readonly cleared?: boolean;
  readonly transactionId?: string;
  readonly variableMonitoringId?: number;
  /** 2.1. */
  readonly severity?: number;
}

/** A component of the device model. */
export interface Component {
  readonly name: string;
  readonly instance?: string;
  readonly evse?: { readonly id: number; readonly connectorId?: number };
}

/** Decides one NotifyEvent. */
export function deviceEvents(message: DeviceEvents, context: DecisionContext): Decision<EmptyAnswer> {
  const kept = message.eventData.slice(0, DEVICE_EVENTS_MAX);
  const left = message.eventData.length - kept.length;
  const events: EventDraft[] = [];
  let { state } = context;
  for (const [index, event] of kept.entries()) {
    events.push(draft(event, { message, index, left }, context));
    const report = availabilityOf(event);
    if (report === undefined) continue;
    const status = connectorStatus(report, { ...context, state });
    state = status.state ?? state;
    events.push(...status.events);
  }
  return { answer: { kind: 'result', payload: {} }, state, events };
}

/** The status report an event amounts to. Names of the device model are compared without regard to case. */
function availabilityOf(event: DeviceEvent): StatusReport | undefined {
  const { component, variable } = event;
  const connectorId = component.evse?.connectorId;
  if (component.evse === undefined || connectorId === undefined) return undefined;
  if (component.name.toLowerCase() !== 'connector' || variable.name.toLowerCase() !== 'availabilitystate')
    return undefined;
  return { evseId: component.evse.id, connectorId, status: event.actualValue, timestamp: event.timestamp };
}

function draft(
  event: DeviceEvent,
  place: { readonly message: DeviceEvents; readonly index: number; readonly left: number },
  context: DecisionContext,
): EventDraft {
  const { message, index, left } = place;
  const { component, variable } = event;
  const id = contentId(
    context.tenant,
    context.chargerId.toLowerCase(),
    message.generatedAt,
    message.seqNo,
    index,
    event.eventId,
    event.timestamp,
  );
  return eventDraft(
    'device.event',
    reportedTime(event.timestamp, context.nowMs),
    {
      eventId: event.eventId,
      seqNo: message.seqNo,
      trigger: event.trigger,
      notificationType: event.eventNotificationType,
      component: present({
        name: component.name,
        instance: component.instance,
        evseId: component.evse?.id,
        connectorId: component.evse?.connectorId,
      }),
      variable: present({ name: variable.name, instance: variable.instance }),
      actualValue: event.actualValue,
      cleared: event.cleared,
      cause: event.cause,
      severity: event.severity,
      techCode: event.techCode,
      techInfo: event.techInfo,
      transactionId: event.transactionId,
      transactionKey: event.transactionId === undefined ? undefined : transactionKey2x(context, event.transactionId),
      variableMonitoringId: event.variableMonitoringId,
      // Said once, on the last event written.
      eventsCut: left > 0 && index === DEVICE_EVENTS_MAX - 1 ? left : undefined,
    },
    `dev:${id}`,
  );
}
