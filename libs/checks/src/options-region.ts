/** The generated part of the root README: the tables of all options between two marks. Pure. */

const BEGIN = '<!-- generated:options -->';
const END = '<!-- /generated -->';

/** `document` with `tables` between the marks; undefined when the marks are not there. */
export function withOptions(document: string, tables: string): string | undefined {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END, begin);
  if (begin === -1 || end === -1) return undefined;
  return `${document.slice(0, begin + BEGIN.length)}\n\n${tables}\n\n${document.slice(end)}`;
}
