/** A CSMS of a few lines for tests: answers by a table, validates everything it hears, remembers it. */
import {
  type Frame,
  formatCall,
  formatError,
  formatResult,
  type JsonObject,
  type OcppVersion,
  parseFrame,
  validate,
} from '@voltlane/ocpp';
import type { ChargerLink, LinkEvents } from '../src/link.ts';

/** What arrived, in order. */
export interface Heard {
  readonly kind: Frame['kind'];
  readonly messageId: string;
  readonly action: string;
  readonly payload: JsonObject;
}

/** Decides an answer: a payload, a CALLERROR, or silence. */
export type Answer = object | { readonly callError: string } | 'silence';

/** The CSMS end of one or more links of one charger. */
export interface TinyCsms {
  readonly heard: Heard[];
  /** Schema violations of what the charger sent. */
  readonly violations: string[];
  /** Overrides the answer to an action; called for each CALL. */
  readonly answers: Map<string, (payload: JsonObject) => Answer>;
  /** Message ids of the answers that arrived, in order. */
  readonly answerIds: string[];
  /** Links accepted so far; the last is the present one. */
  readonly links: ChargerLink[];
  accept(link: ChargerLink): LinkEvents;
  /** Actions heard, in order, without repeats of Heartbeat. */
  actions(): string[];
  /** Sends a CALL and waits for its answer. */
  command(action: string, payload: object): Promise<Frame>;
  /** Resolves when `seen` holds; fails with what was heard otherwise. */
  until(what: string, seen: () => boolean): Promise<void>;
}

export function createTinyCsms(version: OcppVersion): TinyCsms {
  const waiters: (() => void)[] = [];
  const answered = new Map<string, (frame: Frame) => void>();
  let transactions = 100;
  let commands = 0;
  const defaults: Record<string, () => object> = {
    BootNotification: () => ({ status: 'Accepted', currentTime: '2026-01-01T00:00:00.000Z', interval: 300 }),
    Heartbeat: () => ({ currentTime: '2026-01-01T00:00:00.000Z' }),
    Authorize: () =>
      version === '1.6' ? { idTagInfo: { status: 'Accepted' } } : { idTokenInfo: { status: 'Accepted' } },
    StartTransaction: () => ({ transactionId: (transactions += 1), idTagInfo: { status: 'Accepted' } }),
    DataTransfer: () => ({ status: 'Accepted' }),
    OpenPeriodicEventStream: () => ({ status: 'Accepted' }),
    SignCertificate: () => ({ status: 'Accepted' }),
  };
  const csms: TinyCsms = {
    heard: [],
    violations: [],
    answers: new Map(),
    answerIds: [],
    links: [],
    accept(link) {
      csms.links.push(link);
      return {
        onText: (text) => {
          hear(link, text);
        },
        onClose: () => {
          poke();
        },
      };
    },
    actions: () => csms.heard.filter(({ kind }) => kind === 'call' || kind === 'send').map(({ action }) => action),
    command: async (action, payload) => {
      commands += 1;
      const messageId = `csms-${commands}`;
      const link = csms.links.at(-1);
      return new Promise((resolve) => {
        answered.set(messageId, resolve);
        link?.send(formatCall(messageId, action, JSON.stringify(payload)));
      });
    },
    until: async (what, seen) => {
      const deadline = AbortSignal.timeout(5000);
      while (!seen()) {
        if (deadline.aborted) throw new Error(`not seen: ${what}; heard ${csms.actions().join(' ')}`);
        await new Promise<void>((resolve) => {
          waiters.push(resolve);
          deadline.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    },
  };

  function poke(): void {
    for (const wake of waiters.splice(0)) wake();
  }

  function hear(link: ChargerLink, text: string): void {
    const frame = parseFrame(text, version);
    if (frame.kind === 'call' || frame.kind === 'send') {
      csms.heard.push({ kind: frame.kind, messageId: frame.messageId, action: frame.action, payload: frame.payload });
      const violation = validate(version, frame.action, 'request', frame.payload, 'strict');
      if (violation !== undefined) csms.violations.push(`${frame.action}: ${violation.description}`);
      if (frame.kind === 'call') answer(link, frame.messageId, frame.action, frame.payload);
    } else if (frame.kind === 'result' || frame.kind === 'error') {
      csms.answerIds.push(frame.messageId);
      answered.get(frame.messageId)?.(frame);
      answered.delete(frame.messageId);
    } else csms.violations.push(`frame ${frame.kind}: ${text.slice(0, 200)}`);
    poke();
  }

  function answer(link: ChargerLink, messageId: string, action: string, payload: JsonObject): void {
    const decided = csms.answers.get(action)?.(payload) ?? defaults[action]?.() ?? {};
    if (decided === 'silence') return;
    if ('callError' in decided) link.send(formatError(version, messageId, String(decided.callError), 'as told'));
    else link.send(formatResult(messageId, JSON.stringify(decided)));
  }
  return csms;
}
