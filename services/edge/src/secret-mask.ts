/**
 * Takes secrets out of a frame before it is shown to anybody; what a secret is, secrets.ts of the OCPP language says. Pure. Id tokens
 * stay: they are what the route that shows frames is guarded for.
 *
 * A frame without a secret is shown as it is, byte for byte; one with a secret is written anew without it.
 */
import type { Frame, OcppVersion } from '@voltlane/ocpp';
import {
  formatCall,
  formatResult,
  formatSend,
  maskAnswer,
  maskError,
  maskSecrets,
  maskUnreadable,
  parseFrame,
  stringifyJson,
} from '@voltlane/ocpp';

/** A frame as it may be shown. */
export interface ShownFrame {
  readonly text: string;
  readonly masked: boolean;
  /** Why it is no frame; undefined when it is one. */
  readonly invalid: string | undefined;
  /** Message id of a CALL. */
  readonly callId: string | undefined;
}

/**
 * The frame as it may be shown. `quotable` says of the message id of a CALL whether its answer may be shown whole: it must have been
 * seen, and held no secret, because an answer may quote what it is about.
 */
export const showFrame = (text: string, version: OcppVersion, quotable: (messageId: string) => boolean): ShownFrame => {
  const frame = parseFrame(text, version);
  const shown = textOf(frame, text, quotable);
  return {
    text: shown,
    masked: shown !== text,
    invalid: frame.kind === 'invalid' ? frame.reason : undefined,
    callId: frame.kind === 'call' ? frame.messageId : undefined,
  };
};

const textOf = (frame: Frame, text: string, quotable: (messageId: string) => boolean): string => {
  switch (frame.kind) {
    case 'invalid':
      return maskUnreadable(text);
    case 'call':
    case 'send': {
      const payload = maskSecrets(frame.payload);
      if (payload === frame.payload) return text;
      const write = frame.kind === 'call' ? formatCall : formatSend;
      // What was inside of a signature is shown without it.
      return write(frame.messageId, frame.signed ? `${frame.action}-Signed` : frame.action, stringifyJson(payload));
    }
    case 'result': {
      const payload = maskAnswer(frame.payload, quotable(frame.messageId));
      return payload === frame.payload ? text : formatResult(frame.messageId, stringifyJson(payload));
    }
    case 'error':
    case 'resultError': {
      const { code, description, details } = maskError(frame, quotable(frame.messageId));
      if (description === frame.description && details === frame.details) return text;
      return stringifyJson([frame.kind === 'error' ? 4 : 5, frame.messageId, code, description, details]);
    }
  }
};
