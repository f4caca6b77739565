/** Owns the answers of a 2.1 charger to the actions that 2.0.1 does not have. Most decline: there is no tariff, no DER here. */
import type { CsmsActionOf } from '@voltlane/ocpp';
import type { Deciders } from '../command.ts';

/** Actions of 2.1 that are not in 2.0.1. */
export type NewAction = Exclude<CsmsActionOf<'2.1'>, CsmsActionOf<'2.0.1'>>;

/** The 15 of them. */
export const NEW_COMMANDS: Pick<Deciders<'2.1'>, NewAction> = {
  AdjustPeriodicEventStream: () => [{ status: 'Rejected' }],
  AFRRSignal: () => [{ status: 'Rejected' }],
  ChangeTransactionTariff: () => [{ status: 'Rejected' }],
  ClearDERControl: () => [{ status: 'NotSupported' }],
  ClearTariffs: ({ tariffIds }) => [
    {
      clearTariffsResult:
        (tariffIds ?? []).length === 0
          ? [{ status: 'NoTariff' }]
          : (tariffIds ?? []).map((tariffId) => ({ tariffId, status: 'NoTariff' })),
    },
  ],
  GetDERControl: () => [{ status: 'NotSupported' }],
  GetPeriodicEventStream: () => [{}],
  GetTariffs: () => [{ status: 'NoTariff' }],
  NotifyAllowedEnergyTransfer: () => [{ status: 'Rejected' }],
  NotifyWebPaymentStarted: () => [{}],
  RequestBatterySwap: () => [{ status: 'Rejected' }],
  SetDefaultTariff: () => [{ status: 'Rejected' }],
  SetDERControl: () => [{ status: 'NotSupported' }],
  UpdateDynamicSchedule: () => [{ status: 'Rejected' }],
  UsePriorityCharging: () => [{ status: 'NoProfile' }],
};
