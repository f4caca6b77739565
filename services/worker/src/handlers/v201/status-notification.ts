/** StatusNotification (2.x G01). */
import { connectorStatus } from '../../domain/connectors.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of StatusNotification in 2.0.1 and 2.1. */
export const statusNotification: Handler<Request2x<'StatusNotification'>, Response2x<'StatusNotification'>> = {
  decide: ({ evseId, connectorId, connectorStatus: status, timestamp }, context) =>
    connectorStatus({ evseId, connectorId, status, timestamp }, context),
};
