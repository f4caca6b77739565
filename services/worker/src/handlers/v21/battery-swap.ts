/** BatterySwap (2.1 S): batteries put in or taken out. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { noted, received } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';

/** Handler of BatterySwap in 2.1. */
export const batterySwap: Handler<RequestOf<'2.1', 'BatterySwap'>, ResponseOf<'2.1', 'BatterySwap'>> = {
  decide: ({ eventType, requestId, idToken, batteryData }, context) => {
    const batteries = batteryData.map(({ evseId, serialNumber, soC, soH }) => ({
      evseId,
      serialNumber,
      stateOfChargePercent: soC,
      stateOfHealthPercent: soH,
    }));
    return noted(received('battery.swap', { eventType, requestId, idToken: idToken.idToken, batteries }, context));
  },
};
