/** WebSocket close codes and reasons as they may stand in a close frame. Pure. */

/** A newer socket of the same charger took over. */
export const CLOSE_REPLACED = 4001;
/** The edge lost the bus for too long: come back with your usual back-off. */
export const CLOSE_GOING_AWAY = 1001;
/** No common subprotocol (`noSubprotocol: close`). */
export const CLOSE_PROTOCOL = 1002;
const CLOSE_POLICY = 1008;

/** The code when a server may send it (RFC 6455 §7.4), else 1008. */
export const closeCode = (code: number): number => {
  if (!Number.isInteger(code)) return CLOSE_POLICY;
  if (code >= 3000 && code <= 4999) return code;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006 ? code : CLOSE_POLICY;
};

/** A control frame holds 125 bytes, two of them the code. */
const REASON_BYTES_MAX = 123;

/** The reason cut to what a close frame holds. */
export const closeReason = (reason: string): string => {
  let cut = reason.toWellFormed();
  while (Buffer.byteLength(cut) > REASON_BYTES_MAX) cut = cut.slice(0, -1).toWellFormed();
  return cut;
};
