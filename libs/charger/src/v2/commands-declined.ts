/**
 * Owns the answers of a 2.x charger to what it does not have: monitoring, displays, network profiles, publishing firmware,
 * customer data. Declining is an answer of the protocol, not an error (OCPP-J Part 4 §4.2.3).
 */
import type { Deciders } from '../command.ts';

type DeclinedAction =
  | 'ClearDisplayMessage'
  | 'ClearVariableMonitoring'
  | 'CustomerInformation'
  | 'GetDisplayMessages'
  | 'GetMonitoringReport'
  | 'PublishFirmware'
  | 'SetDisplayMessage'
  | 'SetMonitoringBase'
  | 'SetMonitoringLevel'
  | 'SetNetworkProfile'
  | 'SetVariableMonitoring'
  | 'UnpublishFirmware';

/** Functional blocks N and O, and parts of B and L. */
export const DECLINED_COMMANDS: Pick<Deciders<'2.0.1'>, DeclinedAction> = {
  ClearDisplayMessage: () => [{ status: 'Unknown' }],
  ClearVariableMonitoring: ({ id }) => [{ clearMonitoringResult: id.map((one) => ({ id: one, status: 'NotFound' })) }],
  CustomerInformation: () => [{ status: 'Rejected' }],
  GetDisplayMessages: () => [{ status: 'Unknown' }],
  GetMonitoringReport: () => [{ status: 'NotSupported' }],
  PublishFirmware: () => [{ status: 'Rejected' }],
  SetDisplayMessage: () => [{ status: 'Rejected' }],
  SetMonitoringBase: () => [{ status: 'NotSupported' }],
  SetMonitoringLevel: () => [{ status: 'Rejected' }],
  SetNetworkProfile: () => [{ status: 'Rejected' }],
  SetVariableMonitoring: ({ setMonitoringData }) => [
    {
      setMonitoringResult: setMonitoringData.map(({ type, severity, component, variable }) => ({
        status: 'UnsupportedMonitorType',
        type,
        severity,
        component,
        variable,
      })),
    },
  ],
  UnpublishFirmware: () => [{ status: 'NoFirmware' }],
};
