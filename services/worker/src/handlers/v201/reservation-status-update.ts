/** ReservationStatusUpdate (2.x H04): a reservation is over. */
import { noted, received } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of ReservationStatusUpdate in 2.0.1 and 2.1. */
export const reservationStatusUpdate: Handler<
  Request2x<'ReservationStatusUpdate'>,
  Response2x<'ReservationStatusUpdate'>
> = {
  decide: ({ reservationId, reservationUpdateStatus: status }, context) =>
    noted(received('reservation.status', { reservationId, status }, context)),
};
