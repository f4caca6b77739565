/**
 * What one session of a traced charger does, as events of a trace: built once, however many look on. Owns what may be shown of a frame
 * (secrets out, long ones cut); whom it is told to is `traces.ts`. Exists only while somebody asks.
 */
import { maskUnreadable } from '@voltlane/ocpp';
import { OTHER } from '@voltlane/telemetry';
import type { TraceEvent } from '@voltlane/wire';
import { frameType, SOCKET_ERRORS } from './metrics.ts';
import { showFrame } from './secret-mask.ts';
import type { Session } from './session.ts';

/** What a connection tells whoever looks on. */
export interface FrameTap {
  /** A text came from the charger. */
  received(text: string): void;
  /** A binary frame came that is no UTF-8. */
  unreadable(data: Uint8Array): void;
  /** A text left for the charger. */
  sent(text: string): void;
  /** The transport failed; `code` of `ws` or Node. */
  failed(code: string): void;
  /** The socket is gone. */
  closed(code: number, reason: string): void;
}

/** Longest text of a frame that is shown, in bytes of UTF-8. */
export const TRACE_TEXT_BYTES_MAX = 65_536;

/**
 * A tap on a session. `tell` is handed a way to make each event, because what nobody has room for need not be parsed; it must make it at
 * once or not at all.
 */
export const createFrameTap = (session: Session, tell: (make: () => TraceEvent) => void): FrameTap => {
  /** Of the last CALL to the charger that was shown, when it held no secret; there is one outstanding at a time. */
  let quotableId: string | undefined;
  const received = (text: string): TraceEvent => {
    const frame = showFrame(text, session.version, (id) => id === quotableId);
    const { masked, invalid } = frame;
    return {
      kind: 'frame',
      direction: 'in',
      type: frameType(text),
      ...cut(frame.text),
      bytes: size(text),
      masked,
      invalid,
    };
  };
  const unreadable = (data: Uint8Array): TraceEvent => {
    const text = new TextDecoder().decode(data);
    const shown = maskUnreadable(text);
    const facts = { bytes: data.length, masked: shown !== text, invalid: 'notUtf8' };
    return { kind: 'frame', direction: 'in', type: 'other', ...cut(shown), ...facts };
  };
  const sent = (text: string): TraceEvent => {
    // Answers of ours quote nothing.
    const { text: shown, masked, callId, invalid } = showFrame(text, session.version, () => true);
    if (callId !== undefined) quotableId = masked ? undefined : callId;
    return {
      kind: 'frame',
      direction: 'out',
      type: frameType(text),
      ...cut(shown),
      bytes: size(text),
      masked,
      invalid,
    };
  };
  return {
    received: (text) => tell(() => received(text)),
    unreadable: (data) => tell(() => unreadable(data)),
    sent: (text) => tell(() => sent(text)),
    failed: (code) => tell(() => ({ kind: 'failed', error: SOCKET_ERRORS[code] ?? OTHER })),
    closed: (code, reason) => tell(() => ({ kind: 'closed', code, reason })),
  };
};

const size = (text: string): number => Buffer.byteLength(text);

/** The beginning of a text, without half a character at its end. */
const cut = (text: string): { readonly text: string; readonly cut: boolean } => {
  if (text.length * 3 <= TRACE_TEXT_BYTES_MAX || size(text) <= TRACE_TEXT_BYTES_MAX) return { text, cut: false };
  const bytes = Buffer.from(text).subarray(0, TRACE_TEXT_BYTES_MAX);
  return { text: new TextDecoder().decode(bytes, { stream: true }), cut: true };
};
