/** docs/contract.md says about handlers what the code does: its examples are read by the code, its lists are the code's. */
import { readFileSync } from 'node:fs';
import { EMPTY_STATE } from '@voltlane/charger-state';
import { delegableActions, fallbacksOf, readTenantHandlers } from '@voltlane/registry';
import { describe, expect, it } from 'vitest';
import { BEHIND_MAX } from '../../src/delegation/delegation.ts';
import { encodeQuestion, questionText, readReply } from '../../src/delegation/question.ts';
import { call } from '../uplinks.ts';

const section = (file: string, title: string): string => {
  const text = readFileSync(new URL(`../../../../docs/${file}`, import.meta.url), 'utf8');
  return text.split(/^(?=## )/m).find((part) => part.startsWith(`## ${title}\n`)) ?? '';
};
const HANDLERS = section('contract.md', 'Handlers');
const examples = [...HANDLERS.matchAll(/```json\n([^`]*)\n```/g)].map(([, text]) => text ?? '');
const [settings = '', question = '', ...replies] = examples;

describe('the handlers of docs/contract.md', () => {
  it('have settings that are taken as they stand', () => {
    const json: unknown = JSON.parse(settings);
    expect(readTenantHandlers(json as Record<string, unknown>)).toEqual({
      actions: (json as { actions: object }).actions,
    });
  });

  it('are asked the fields that are shown, in this order', () => {
    const state = { ...EMPTY_STATE, registration: 'Accepted', vendor: 'V', model: 'M', firmwareVersion: 'F' } as const;
    const session = { id: 's', edgeId: 'e', version: '1.6', openedAtMs: 0 } as const;
    const connectors = { '0/1': { status: 'Available', errorCode: 'NoError', at: '' } };
    const text = questionText(call('CP1', 1, 'Authorize', {}), { ...state, session, connectors }, {}, 0);
    const asked = JSON.parse(Buffer.from(encodeQuestion(text, 1)).toString()) as Record<string, object>;
    const shown = JSON.parse(question) as Record<string, object>;
    expect(Object.keys(shown)).toEqual(Object.keys(asked));
    expect(Object.keys(shown['state'] ?? {})).toEqual(Object.keys(asked['state'] ?? {}));
  });

  it('reply as shown', () => {
    expect(replies.map((reply) => readReply(Buffer.from(reply)).kind)).toEqual(['response', 'error', 'declined']);
  });

  it('have the fallbacks that are listed', () => {
    const [, both = '', rejectOnly = ''] =
      /`accept` and `reject`: ([^;]*); `reject` only: ([^.]*)\./.exec(HANDLERS.replaceAll('\n', ' ')) ?? [];
    const listed = (text: string): string[] => text.split(', ').sort();
    const having = (fallback: 'accept' | 'reject'): string[] =>
      delegableActions().filter((action) => fallbacksOf(action).includes(fallback));
    expect(listed(both)).toEqual(having('accept'));
    expect([...listed(both), ...listed(rejectOnly)].sort()).toEqual(having('reject'));
  });

  it('have the bounds that are named', () => {
    expect(HANDLERS).toContain(`${BEHIND_MAX} later calls`);
  });

  it('are named in the events they decide', () => {
    const events = readFileSync(new URL('../../../../docs/events.md', import.meta.url), 'utf8');
    expect(events).toContain('`data.decidedBy`: `handler`, or `fallback`');
  });
});
