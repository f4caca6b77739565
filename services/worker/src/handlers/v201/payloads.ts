/** Payload types of handlers that serve 2.0.1 and 2.1 alike: they read what either may send and answer what both may get. */
import type { ChargerActionOf, RequestOf, ResponseOf } from '@voltlane/ocpp';

/** Request of an action in either version. */
export type Request2x<A extends ChargerActionOf<'2.0.1'>> = RequestOf<'2.0.1', A> | RequestOf<'2.1', A>;

/** Response of an action that is right in both versions. */
export type Response2x<A extends ChargerActionOf<'2.0.1'>> = ResponseOf<'2.0.1', A> & ResponseOf<'2.1', A>;
