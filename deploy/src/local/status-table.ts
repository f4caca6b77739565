/** The processes of a set as a table for people. Pure. */

/** What is shown of a process. */
export interface StatusRow {
  readonly name: string;
  /** Undefined when it does not run. */
  readonly pid: number | undefined;
  readonly url: string;
  readonly metrics: string;
}

/** The table, each line without its end. */
export function statusTable(rows: readonly StatusRow[]): readonly string[] {
  const cells = [
    ['process', 'pid', 'address', 'figures'],
    ...rows.map(({ name, pid, url, metrics }) => [name, pid === undefined ? 'ended' : String(pid), url, metrics]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
