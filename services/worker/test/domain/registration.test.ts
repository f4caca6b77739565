import type { Registration } from '@voltlane/charger-state';
import { EMPTY_STATE } from '@voltlane/charger-state';
import { describe, expect, it } from 'vitest';
import type { ChargerPolicy } from '../../src/domain/policy.ts';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';
import { admit, asksFor, keptWhenRefused, NOTHING_TRIGGERED } from '../../src/domain/registration.ts';

function verdict(
  action: string,
  registration: Registration,
  policy: Partial<ChargerPolicy> = {},
  triggeredActions: readonly string[] = [],
) {
  return admit(action, { ...EMPTY_STATE, registration }, { ...DEFAULT_POLICY, ...policy }, { triggeredActions })?.code;
}

describe('admission by the last answer to BootNotification', () => {
  it.each<[Registration, string, string | undefined]>([
    ['None', 'BootNotification', undefined],
    ['None', 'Heartbeat', 'SecurityError'],
    ['None', 'StartTransaction', 'SecurityError'],
    ['Pending', 'BootNotification', undefined],
    ['Pending', 'StatusNotification', 'SecurityError'],
    ['Rejected', 'BootNotification', undefined],
    ['Rejected', 'TransactionEvent', 'SecurityError'],
    ['Accepted', 'BootNotification', undefined],
    ['Accepted', 'MeterValues', undefined],
  ])('%s: %s → %s', (registration, action, code) => {
    expect(verdict(action, registration)).toBe(code);
  });

  it('serves a charger that reconnects without booting when it was accepted before, whatever the registry says now', () => {
    expect(verdict('Heartbeat', 'Accepted', { registration: 'Rejected' })).toBeUndefined();
  });

  it('lets a pending charger send what it was asked for, and nothing else', () => {
    expect(verdict('NotifyReport', 'Pending', {}, ['NotifyReport'])).toBeUndefined();
    expect(verdict('Heartbeat', 'Pending', {}, ['NotifyReport'])).toBe('SecurityError');
    expect(verdict('NotifyReport', 'Rejected', {}, ['NotifyReport'])).toBe('SecurityError');
  });

  it('serves a charger before its first boot only under acceptBeforeBoot: always, and only one the registry accepts', () => {
    expect(verdict('StartTransaction', 'None', { acceptBeforeBoot: 'always' })).toBeUndefined();
    expect(verdict('StartTransaction', 'None', { acceptBeforeBoot: 'always', registration: 'Pending' })).toBe(
      'SecurityError',
    );
    expect(verdict('StartTransaction', 'Rejected', { acceptBeforeBoot: 'always' })).toBe('SecurityError');
  });

  it('says which answer it was refused by', () => {
    expect(admit('Heartbeat', { ...EMPTY_STATE, registration: 'Pending' }, DEFAULT_POLICY, NOTHING_TRIGGERED)).toEqual({
      code: 'SecurityError',
      description: 'Heartbeat before acceptance: the last BootNotification was answered Pending',
    });
  });
});

describe('what a refusal must not lose', () => {
  it.each([
    ['StartTransaction', true],
    ['StopTransaction', true],
    ['TransactionEvent', true],
    ['MeterValues', true],
    ['Heartbeat', false],
    ['StatusNotification', false],
  ])('%s: %s', (action, kept) => {
    expect(keptWhenRefused(action)).toBe(kept);
  });
});

describe('what a command makes the charger send', () => {
  it.each([
    ['TriggerMessage', 'Heartbeat', ['Heartbeat']],
    ['ExtendedTriggerMessage', 'SignChargePointCertificate', ['SignCertificate']],
    ['TriggerMessage', 'SignV2GCertificate', ['SignCertificate']],
    ['TriggerMessage', undefined, []],
    ['GetBaseReport', undefined, ['NotifyReport']],
    ['Reset', undefined, []],
  ])('%s %s → %s', (command, requested, actions) => {
    expect(asksFor(command, requested)).toEqual(actions);
  });
});
