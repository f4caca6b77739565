/**
 * Who may speak: the rules around BootNotification (protocol: 1.6 §4.2 with errata 3.10, 2.x B01–B03).
 *
 * The last answer to BootNotification counts, not the socket: a charger that reconnects without booting and was accepted
 * before is served. Transaction messages that are refused are recorded all the same (`keptWhenRefused`).
 */

import type { ChargerState, Registration } from '@voltlane/charger-state';
import { fingerprint } from '@voltlane/wire';
import type { DecisionContext, EventDraft } from '../handlers/handler.ts';
import { bounded } from './bounded-text.ts';
import { eventDraft } from './event-draft.ts';
import type { ChargerPolicy } from './policy.ts';
import { reportedTime } from './timestamps.ts';

/** What admission depends on beside state and policy. */
export interface AdmissionContext {
  /** Actions we asked this charger to send (`asksFor`) and that have not arrived yet. */
  readonly triggeredActions: readonly string[];
}

/** A refusal: the CALLERROR to send. */
export interface Refusal {
  readonly code: 'SecurityError';
  readonly description: string;
}

/** Nothing was asked for. */
export const NOTHING_TRIGGERED: AdmissionContext = { triggeredActions: [] };

/** Undefined when the call may be handled, else the CALLERROR it gets. */
export function admit(
  action: string,
  state: ChargerState,
  policy: ChargerPolicy,
  context: AdmissionContext,
): Refusal | undefined {
  if (action === 'BootNotification') return undefined;
  const registration = standingOf(state, policy);
  switch (registration) {
    case 'Accepted':
      return undefined;
    case 'Pending':
      if (context.triggeredActions.includes(action)) return undefined;
      return refusal(`${action} before acceptance: the last BootNotification was answered Pending`);
    case 'Rejected':
      return refusal(`${action} before acceptance: the last BootNotification was answered Rejected`);
    case 'None':
      return refusal(`${action} before BootNotification`);
  }
}

/**
 * Actions whose content must not be lost when they are refused: a charger drops a transaction message after its attempts, so
 * the actor records it as `message.rejected`.
 */
export function keptWhenRefused(action: string): boolean {
  return KEPT.has(action);
}

/** Actions a command makes the charger send by itself: what a pending charger may say beside BootNotification. */
export function asksFor(command: string, requestedMessage: string | undefined): readonly string[] {
  if (command === 'TriggerMessage' || command === 'ExtendedTriggerMessage') {
    if (requestedMessage === undefined) return [];
    return [TRIGGER_SPELLINGS[requestedMessage] ?? requestedMessage];
  }
  return ASKED[command] ?? [];
}

/** What a BootNotification says, in the words of no version. */
export interface BootFacts {
  readonly vendor: string;
  readonly model: string;
  readonly serialNumber: string | undefined;
  readonly chargeBoxSerialNumber?: string | undefined;
  readonly firmwareVersion: string | undefined;
  readonly iccid: string | undefined;
  readonly imsi: string | undefined;
  readonly meterType?: string | undefined;
  readonly meterSerialNumber?: string | undefined;
  /** 2.x only. */
  readonly reason?: string | undefined;
}

/** The answer to BootNotification, equal in all versions. */
export interface BootAnswer {
  status: 'Accepted' | 'Pending' | 'Rejected';
  currentTime: string;
  interval: number;
}

/**
 * An interval that differs from charger to charger by up to `share` to both sides, always the same for the same `name`: a fleet
 * that boots together does not come back together. Whole seconds, never below 1; 0 stays 0 (the charger decides).
 */
export function spreadIntervalS(intervalS: number, share: number, name: string): number {
  if (intervalS <= 0 || share <= 0) return intervalS;
  const place = (fingerprint(name) % SPREAD_STEPS) / (SPREAD_STEPS - 1);
  return Math.max(1, Math.round(intervalS * (1 - share + 2 * share * place)));
}

/** State, event and answer of a BootNotification. Open transactions stay open: a StopTransaction may still come from the queue. */
export function boot(
  facts: BootFacts,
  context: DecisionContext,
): { answer: BootAnswer; state: ChargerState; event: EventDraft } {
  const { policy, state } = context;
  const now = reportedTime(undefined, context.nowMs);
  const status = policy.registration;
  return {
    answer: {
      status,
      currentTime: now.iso,
      interval:
        status === 'Accepted'
          ? spreadIntervalS(policy.heartbeatIntervalS, policy.heartbeatSpread, `${context.tenant}/${context.chargerId}`)
          : policy.bootRetryIntervalS,
    },
    state: {
      ...state,
      registration: status,
      acceptedAtMs: status === 'Accepted' ? context.nowMs : state.acceptedAtMs,
      vendor: bounded(facts.vendor),
      model: bounded(facts.model),
      firmwareVersion: bounded(facts.firmwareVersion),
      commands: state.commands.triggered.length === 0 ? state.commands : { ...state.commands, triggered: [] },
    },
    event: eventDraft('charger.booted', now, {
      status,
      ...facts,
      openTransactions: state.open.length === 0 ? undefined : state.open.map((transaction) => transaction.key),
    }),
  };
}

/** A charger nobody answered yet stands as the registry says when the policy serves it before its first boot. */
export function standingOf(state: ChargerState, policy: ChargerPolicy): Registration {
  if (state.registration !== 'None') return state.registration;
  return policy.acceptBeforeBoot === 'always' && policy.registration === 'Accepted' ? 'Accepted' : 'None';
}

function refusal(description: string): Refusal {
  return { code: 'SecurityError', description };
}

const SPREAD_STEPS = 10_007;

const KEPT: ReadonlySet<string> = new Set(['StartTransaction', 'StopTransaction', 'TransactionEvent', 'MeterValues']);

const TRIGGER_SPELLINGS: Readonly<Record<string, string>> = {
  SignChargePointCertificate: 'SignCertificate',
  SignChargingStationCertificate: 'SignCertificate',
  SignV2GCertificate: 'SignCertificate',
  SignV2G20Certificate: 'SignCertificate',
  SignCombinedCertificate: 'SignCertificate',
};

const ASKED: Readonly<Record<string, readonly string[]>> = {
  GetBaseReport: ['NotifyReport'],
  GetReport: ['NotifyReport'],
  GetMonitoringReport: ['NotifyMonitoringReport'],
  GetDisplayMessages: ['NotifyDisplayMessages'],
  CustomerInformation: ['NotifyCustomerInformation'],
  GetChargingProfiles: ['ReportChargingProfiles'],
  GetDERControl: ['ReportDERControl'],
  GetLog: ['LogStatusNotification'],
  GetDiagnostics: ['DiagnosticsStatusNotification'],
  UpdateFirmware: ['FirmwareStatusNotification'],
  SignedUpdateFirmware: ['SignedFirmwareStatusNotification'],
  PublishFirmware: ['PublishFirmwareStatusNotification'],
};
