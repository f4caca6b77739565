/** 1.6 BootNotification (§4.2): the charger introduces itself and learns whether it may speak. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { boot } from '../../domain/registration.ts';
import type { Handler } from '../handler.ts';

/** Handler of BootNotification in 1.6. */
export const bootNotification: Handler<RequestOf<'1.6', 'BootNotification'>, ResponseOf<'1.6', 'BootNotification'>> = {
  decide: (request, context) => {
    const { answer, state, event } = boot(
      {
        vendor: request.chargePointVendor,
        model: request.chargePointModel,
        serialNumber: request.chargePointSerialNumber,
        chargeBoxSerialNumber: request.chargeBoxSerialNumber,
        firmwareVersion: request.firmwareVersion,
        iccid: request.iccid,
        imsi: request.imsi,
        meterType: request.meterType,
        meterSerialNumber: request.meterSerialNumber,
      },
      context,
    );
    return { answer: { kind: 'result', payload: answer }, state, events: [event] };
  },
};
