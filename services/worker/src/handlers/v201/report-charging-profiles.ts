/** ReportChargingProfiles (2.x K09): the profiles a station holds, in parts it does not count. */
import { reportPart } from '../../domain/report-parts.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of ReportChargingProfiles in 2.0.1 and 2.1. */
export const reportChargingProfiles: Handler<
  Request2x<'ReportChargingProfiles'>,
  Response2x<'ReportChargingProfiles'>
> = {
  decide: ({ requestId, tbc, chargingProfile, evseId, chargingLimitSource }, context) =>
    reportPart({ requestId, tbc, items: chargingProfile.length, evseId, chargingLimitSource }, context),
};
