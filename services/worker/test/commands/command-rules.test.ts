import { actionsOf, OCPP_VERSIONS } from '@voltlane/ocpp';
import { loadSamplePayloads } from '@voltlane/testkit';
import { describe, expect, it } from 'vitest';
import { notAllowed, requestedMessageOf, saysYes } from '../../src/commands/command-rules.ts';
import { asksFor } from '../../src/domain/registration.ts';

const samples = await loadSamplePayloads();

describe('what may be sent', () => {
  const plain = { action: 'GetConfiguration', triggers: [] };
  const start16 = { action: 'RemoteStartTransaction', triggers: [] };
  const boot = { action: 'TriggerMessage', triggers: ['BootNotification'] };
  const heartbeat = { action: 'TriggerMessage', triggers: ['Heartbeat'] };

  it.each([
    ['Accepted', plain, true],
    ['Accepted', start16, true],
    ['Accepted', heartbeat, true],
    ['Accepted', boot, false],
    ['Pending', plain, true],
    ['Pending', heartbeat, true],
    ['Pending', boot, true],
    ['Pending', start16, false],
    ['Pending', { action: 'RemoteStopTransaction', triggers: [] }, false],
    ['Pending', { action: 'RequestStartTransaction', triggers: [] }, false],
    ['Pending', { action: 'RequestStopTransaction', triggers: [] }, false],
    ['Rejected', plain, false],
    ['Rejected', boot, false],
    ['None', plain, false],
    ['None', heartbeat, false],
    ['None', boot, true],
  ] as const)('to a charger that is %s: %j, %s', (registration, command, allowed) => {
    const reason = notAllowed(command, registration);
    if (allowed) expect(reason).toBeUndefined();
    else expect(reason).toMatch(new RegExp(`^${command.action} .*(OCPP 1\\.6|2\\.x|first BootNotification)`));
  });
});

describe('an answer says', () => {
  it.each([
    ['yes by its status', '{"status":"Accepted"}', true],
    ['yes when it will be done', '{"status":"Scheduled"}', true],
    ['yes when it takes a reboot', '{"status":"RebootRequired"}', true],
    ['yes in the words of UnlockConnector', '{"status":"Unlocked"}', true],
    ['no in the words of UnlockConnector', '{"status":"UnlockFailed"}', false],
    ['no by its status', '{"status":"Rejected"}', false],
    ['no by any other word', '{"status":"NotSupported"}', false],
    ['yes without a status', '{"listVersion":3}', true],
    ['yes with nothing', '{}', true],
    ['yes when all results say so', result('Accepted', 'RebootRequired'), true],
    ['no when one result says no', result('Accepted', 'UnknownVariable'), false],
    ['no by a result with a plain status', '{"clearMonitoringResult":[{"status":"NotFound","id":1}]}', false],
    ['yes by its own status, whatever the details say', '{"status":"Accepted","list":[{"status":"Rejected"}]}', true],
    ['yes with results that have none', '{"configurationKey":[{"key":"a","readonly":true}],"unknownKey":["b"]}', true],
  ])('%s', (_what, response, expected) => {
    expect(saysYes(response)).toBe(expected);
  });

  it.each(OCPP_VERSIONS)('yes in the best answer to every action of OCPP %s', (version) => {
    for (const { action } of actionsOf(version).filter(({ sender }) => sender !== 'charger')) {
      expect(saysYes(JSON.stringify(samples.minimal(version, action, 'response'))), action).toBe(true);
    }
  });
});

describe('what a command makes the charger say', () => {
  it.each([
    ['TriggerMessage', { requestedMessage: 'Heartbeat' }, ['Heartbeat']],
    ['ExtendedTriggerMessage', { requestedMessage: 'SignChargePointCertificate' }, ['SignCertificate']],
    ['TriggerMessage', {}, []],
    ['TriggerMessage', { requestedMessage: 7 }, []],
    ['TriggerMessage', null, []],
    ['GetBaseReport', {}, ['NotifyReport']],
    ['Reset', { requestedMessage: 'Heartbeat' }, []],
  ])('%s %j: %j', (action, payload, expected) => {
    expect(asksFor(action, requestedMessageOf(payload))).toEqual(expected);
  });
});

function result(...statuses: readonly string[]): string {
  const results = statuses.map((attributeStatus) => ({ attributeStatus, component: {}, variable: {} }));
  return JSON.stringify({ setVariableResult: results });
}
