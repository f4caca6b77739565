/** docs/operations.md has a runbook for each alert, under its name, and says nothing of options and alerts that do not exist. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE } from '@voltlane/config';
import { describe, expect, it } from 'vitest';
import { runbookUrl } from '../src/prometheus/rule.ts';
import { ALERTS } from '../src/prometheus/rule-files.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
const NAMES = ALERTS.flatMap(({ rules }) => rules.map(({ alert }) => alert));
const PARTS = ['Means', 'Look at', 'Do', 'Over when'];

/** Text below a heading, up to the next one. */
function sectionOf(guide: string, heading: string): string | undefined {
  const [, text] = new RegExp(`^#+ ${heading}\\n([^]*?)(?=^#|$(?![^]))`, 'm').exec(guide) ?? [];
  return text;
}

/** Anchors as GitHub and most others make them of headings. */
function anchorsOf(guide: string): ReadonlySet<string> {
  const headings = [...guide.matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => text);
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function problems(guide: string): string[] {
  const anchors = anchorsOf(guide);
  const known = new Set(CATALOGUE.map(({ env }) => env));
  const missing = NAMES.flatMap((name) => {
    const section = sectionOf(guide, name);
    if (section === undefined) return [`${name} has no section`];
    return PARTS.filter((part) => !section.includes(`- **${part}:** `)).map((part) => `${name}: ${part} is missing`);
  });
  const headings = [...guide.matchAll(/^#+ (Voltlane\w+)$/gm)].map(([, name = '']) => name);
  const links = [...guide.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = '']) => anchor);
  const options = [...guide.matchAll(/VOLTLANE_[A-Z_]*[A-Z]/g)].map(([name]) => name);
  return [
    ...missing,
    ...headings.filter((name) => !NAMES.includes(name)).map((name) => `${name} is no alert`),
    ...NAMES.filter((name) => !anchors.has(runbookUrl(name).split('#')[1] ?? '')).map((name) => `${name}: no anchor`),
    ...links.filter((anchor) => !anchors.has(anchor)).map((anchor) => `a link leads nowhere: #${anchor}`),
    ...options.filter((name) => !known.has(name)).map((name) => `${name} is no option`),
  ];
}

describe('the runbooks', () => {
  it('are there for each alert, whole, and for nothing else', () => {
    expect(NAMES.length).toBeGreaterThan(35);
    expect(problems(GUIDE)).toEqual([]);
  });

  it('that are missing, cut short or out of date are found', () => {
    const without = GUIDE.replace('#### VoltlaneMemory', '#### VoltlaneRemembrance')
      .replace('- **Do:** Renew it.', 'Renew it.')
      .replace('`VOLTLANE_FLEET_CHARGERS_MAX`', '`VOLTLANE_HERD_MAX`')
      .replace('(#voltlaneappendslow)', '(#voltlaneappendfast)');
    expect(problems(without)).toEqual([
      'VoltlaneMemory has no section',
      'VoltlaneCertificateExpiry: Do is missing',
      'VoltlaneRemembrance is no alert',
      'VoltlaneMemory: no anchor',
      'a link leads nowhere: #voltlaneappendfast',
      'VOLTLANE_HERD_MAX is no option',
    ]);
  });
});
