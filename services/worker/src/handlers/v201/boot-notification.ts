/** BootNotification (2.x B01–B03): the station introduces itself and learns whether it may speak. */
import { boot } from '../../domain/registration.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of BootNotification in 2.0.1 and 2.1. */
export const bootNotification: Handler<Request2x<'BootNotification'>, Response2x<'BootNotification'>> = {
  decide: ({ chargingStation: station, reason }, context) => {
    const { answer, state, event } = boot(
      {
        vendor: station.vendorName,
        model: station.model,
        serialNumber: station.serialNumber,
        firmwareVersion: station.firmwareVersion,
        iccid: station.modem?.iccid,
        imsi: station.modem?.imsi,
        reason,
      },
      context,
    );
    return { answer: { kind: 'result', payload: answer }, state, events: [event] };
  },
};
