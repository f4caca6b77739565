import { encodeEventRecord, stringifyEventJson, WireError } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { afterRecord, firstWanted, parsePosition, positionText } from '../../src/events/event-position.ts';
import { publicEvents } from '../../src/events/public-event.ts';

const RECORD = {
  v: 1,
  tenant: 'default',
  charger: 'CP 1',
  recordedAt: '2026-03-01T12:00:00.100Z',
  session: 's1',
  events: [
    { id: 'e1', kind: 'charger.booted', at: '2026-03-01T12:00:00.000Z', data: { status: 'Accepted' } },
    { id: 'e2', kind: 'connector.status', at: '2026-03-01T12:00:00.000Z', data: {} },
  ],
} as const;
const SOURCE = { version: '1.6', action: 'BootNotification', messageId: 'm', receivedAt: 'r' } as const;

describe('a record', () => {
  it('becomes one object per event, each saying everything', () => {
    const body = encodeEventRecord({ ...RECORD, source: SOURCE }, '{"n":9223372036854775807,"text":"\\n"}');
    const events = publicEvents({ body });
    expect(events).toHaveLength(2);
    expect(Object.keys(events[0] ?? {})).toEqual([
      'tenant',
      'charger',
      'id',
      'kind',
      'at',
      'recordedAt',
      'session',
      'data',
      'source',
    ]);
    expect(events[1]).toMatchObject({
      tenant: 'default',
      charger: 'CP 1',
      id: 'e2',
      kind: 'connector.status',
      session: 's1',
    });
    const json = stringifyEventJson(events[0] ?? {});
    expect(json).toContain('"payload":{"n":9223372036854775807,"text":"\\n"}');
    expect(json).not.toContain('\n');
  });

  it('leaves out what it does not have, and lets kinds through that it does not know', () => {
    const { session: _none, ...rest } = RECORD;
    const events = [{ id: 'e1', kind: 'of.tomorrow', at: 'a', data: { x: 1 } }];
    const [event] = publicEvents({ body: Buffer.from(JSON.stringify({ ...rest, events })) });
    expect(event).toEqual({
      tenant: 'default',
      charger: 'CP 1',
      id: 'e1',
      kind: 'of.tomorrow',
      at: 'a',
      recordedAt: RECORD.recordedAt,
      data: { x: 1 },
    });
  });

  it('is refused when it is something else', () => {
    const cases: Record<string, [string, string]> = {
      text: ['no json', 'malformed'],
      array: ['[]', 'malformed'],
      newer: [JSON.stringify({ ...RECORD, v: 2 }), 'newer-version'],
      'no events': [JSON.stringify({ ...RECORD, events: {} }), 'malformed'],
      'no kind': [JSON.stringify({ ...RECORD, events: [{ id: 'e1' }] }), 'malformed'],
    };
    for (const [name, [text, code]] of Object.entries(cases)) {
      let caught: unknown;
      try {
        publicEvents({ body: Buffer.from(text) });
      } catch (error) {
        caught = error;
      }
      expect([name, caught instanceof WireError && caught.code]).toEqual([name, code]);
    }
  });
});

describe('a position', () => {
  it('is the text a client passes back', () => {
    for (const text of ['0', '17', '17-0', '17-499', '999999999999999']) {
      const position = parsePosition(text);
      expect(position === undefined ? undefined : positionText(position)).toBe(text);
    }
    for (const text of ['', '-1', '1-', '01', '1-01', '1.5', '1e3', '1-2-3', '1000000000000000', ' 1'])
      expect([text, parsePosition(text)]).toEqual([text, undefined]);
  });

  it('wants the rest of a record it stands in, else the next one', () => {
    expect(firstWanted(afterRecord(0))).toBe(1);
    expect(firstWanted({ sequence: 7, next: 2 })).toBe(7);
  });
});
