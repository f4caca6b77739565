/** The catalogue as text: the table of the README and of `--help`. */
import { CATALOGUE, type CatalogueEntry, entriesFor, GROUP_NAMES, type GroupName } from './catalogue.ts';
import { FILE_SUFFIX } from './names.ts';

/** Default of an option in words. */
export function defaultText(entry: CatalogueEntry): string {
  const { option } = entry;
  if (option.defaultDoc !== undefined) return option.defaultDoc;
  return option.default === undefined ? 'unset' : option.kind.show(option.default);
}

function docText(entry: CatalogueEntry): string {
  return entry.option.secret === true
    ? `${entry.option.doc} Or \`${entry.env}${FILE_SUFFIX}\`, a file that holds it.`
    : entry.option.doc;
}

/** Markdown tables of all options, one per group. */
export function markdownTable(): string {
  return GROUP_NAMES.map((group) => {
    const rows = CATALOGUE.filter((entry) => entry.group === group).map(
      (entry) => `| \`${entry.env}\` | ${defaultText(entry)} | ${cell(docText(entry))} |`,
    );
    return [`### ${group}`, '', '| name | default | what it does |', '|---|---|---|', ...rows].join('\n');
  }).join('\n\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** What `--help` prints. */
export function helpText(program: string, groups: readonly GroupName[]): string {
  const lines = entriesFor(groups).map(
    (entry) =>
      `  ${entry.env}\n      ${docText(entry)}\n      ${entry.option.kind.allowed}; default: ${defaultText(entry)}`,
  );
  return [
    `${program}: configured by environment variables.`,
    '',
    '  --check-config   check the configuration and exit',
    '  --print-config   print the effective configuration and exit',
    '  --help           print this and exit',
    '',
    ...lines,
  ].join('\n');
}
