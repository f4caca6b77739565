/** What OCPP allows to be sent in which boot state (1.6 §4.2 with errata 3.40, 2.x B01–B03, F06.FR.17), and what an answer says. Pure. */
import type { QueuedCommand, Registration } from '@voltlane/charger-state';
import { isJsonObject, parseJson } from '@voltlane/ocpp';

/** Why the command may not be sent now, in a sentence; undefined when it may. `registration` is where the charger stands. */
export function notAllowed(
  command: Pick<QueuedCommand, 'action' | 'triggers'>,
  registration: Registration,
): string | undefined {
  const asksForBoot = command.triggers.includes('BootNotification');
  switch (registration) {
    case 'Accepted':
      return asksForBoot
        ? `${command.action} of BootNotification is not sent to an accepted charger (OCPP 1.6 errata 3.40, 2.x F06.FR.17)`
        : undefined;
    case 'Pending':
      return STARTS_AND_STOPS.has(command.action)
        ? `${command.action} is not sent while the charger is Pending (OCPP 1.6 §4.2, 2.x B02)`
        : undefined;
    case 'Rejected':
      return `${command.action} is not sent: the last BootNotification of the charger was answered Rejected (2.x B03.FR.03)`;
    case 'None':
      return asksForBoot
        ? undefined
        : `${command.action} is not sent before the first BootNotification of the charger; TriggerMessage of BootNotification is`;
  }
}

/** Whether the answer of the charger says yes. An answer without a status is one; of several, all must say so. */
export function saysYes(response: string): boolean {
  return statusesOf(parseJson(response)).every((status) => YES.has(status));
}

/** `requestedMessage` of a TriggerMessage, ExtendedTriggerMessage. */
export function requestedMessageOf(payload: unknown): string | undefined {
  if (!isJsonObject(payload)) return undefined;
  const { requestedMessage } = payload;
  return typeof requestedMessage === 'string' ? requestedMessage : undefined;
}

const STARTS_AND_STOPS: ReadonlySet<string> = new Set([
  'RemoteStartTransaction',
  'RemoteStopTransaction',
  'RequestStartTransaction',
  'RequestStopTransaction',
]);

/** Words of all three versions for: done, or will be. */
const YES: ReadonlySet<string> = new Set([
  'Accepted',
  'AcceptedCanceled',
  'RebootRequired',
  'Scheduled',
  'Unlocked',
  'Unpublished',
]);

/** Names of members that hold a status, beside `status` itself: the results of SetVariables, GetVariables and their like. */
const RESULT_STATUSES: readonly string[] = ['status', 'attributeStatus'];

/** The status of the answer, or those of its list of results. */
function statusesOf(response: unknown): readonly string[] {
  if (!isJsonObject(response)) return [];
  if (typeof response['status'] === 'string') return [response['status']];
  return Object.values(response).flatMap((member) =>
    Array.isArray(member) ? member.flatMap((item: unknown) => statusOfResult(item)) : [],
  );
}

function statusOfResult(item: unknown): readonly string[] {
  if (!isJsonObject(item)) return [];
  for (const name of RESULT_STATUSES) {
    const status = item[name];
    if (typeof status === 'string') return [status];
  }
  return [];
}
