import { readFileSync } from 'node:fs';
import { EVENT_KINDS } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { duplicateIdentity } from '../../src/duplicate-identity.ts';
import { commandEvents } from '../commands/command-samples.ts';
import { everyEvent } from './scenarios.ts';

const DOC = readFileSync(new URL('../../../../docs/events.md', import.meta.url), 'utf8');

/** Made by the actor and not by a handler. */
const SESSION_KINDS = ['charger.connected', 'charger.disconnected'];

interface Section {
  readonly title: string;
  readonly text: string;
  readonly fields: readonly string[];
}

/** Sections of the third level, with the names in the first column of their tables. */
function sectionsOf(text: string): Section[] {
  return text
    .split(/^(?=##)/m)
    .filter((part) => part.startsWith('### '))
    .map((part) => {
      const title = (part.split('\n')[0] ?? '').slice(4).trim();
      const rows = part.split('\n').filter((line) => line.startsWith('| `'));
      const fields = rows.flatMap((row) =>
        [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
      );
      return { title, text: part, fields };
    });
}

const SECTIONS = sectionsOf(DOC);
const CIRCUMSTANCES = SECTIONS.find((section) => section.title === 'Circumstances of 2.x transactions')?.fields ?? [];

/** Documented kinds and the fields of their data. */
const DOCUMENTED = new Map(
  SECTIONS.filter((section) => section.title.startsWith('`')).map((section) => [
    section.title.replaceAll('`', ''),
    {
      fields: [
        ...section.fields,
        ...(section.text.includes('(#circumstances-of-2x-transactions)') ? CIRCUMSTANCES : []),
      ],
      example: /```json\n([^`]*)\n```/.exec(section.text)?.[1],
    },
  ]),
);

/** Fields seen in the events of all scenarios. */
const EMITTED = new Map<string, Set<string>>();
for (const event of [...everyEvent(), ...commandEvents(), duplicateIdentity(0)]) {
  const fields = EMITTED.get(event.kind) ?? new Set();
  for (const field of Object.keys(event.data)) fields.add(field);
  EMITTED.set(event.kind, fields);
}

describe('docs/events.md', () => {
  it('documents every kind there is and no other', () => {
    expect([...DOCUMENTED.keys()].sort()).toEqual([...EVENT_KINDS].sort());
  });

  it('and the handlers know the same kinds', () => {
    const handled = EVENT_KINDS.filter((kind) => !SESSION_KINDS.includes(kind));
    expect([...EMITTED.keys()].sort()).toEqual([...handled].sort());
  });

  it.each(EVENT_KINDS.filter((kind) => !SESSION_KINDS.includes(kind)))('has the fields of %s, and no other', (kind) => {
    const emitted = [...(EMITTED.get(kind) ?? [])].filter((field) => field !== 'reportedAt').sort();
    expect([...(DOCUMENTED.get(kind)?.fields ?? [])].sort()).toEqual(emitted);
  });

  it.each(EVENT_KINDS)('has an example of %s with documented fields', (kind) => {
    const documented = DOCUMENTED.get(kind);
    const example = JSON.parse(documented?.example ?? '{}') as {
      id?: string;
      kind?: string;
      at?: string;
      data?: object;
    };
    expect(Object.keys(example).sort()).toEqual(['at', 'data', 'id', 'kind']);
    expect(example.kind).toBe(kind);
    expect(example.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    for (const field of Object.keys(example.data ?? {}))
      expect([...(documented?.fields ?? []), 'reportedAt']).toContain(field);
  });
});
