/** Small rules of subjects that builders and parsers share. */

const ACTION = /^[A-Za-z0-9_-]{1,64}$/;

/** True for what may stand as an action: 1–64 characters of `[A-Za-z0-9_-]` (`Reset`, `DataTransfer-Signed`). */
export function isAction(text: string): boolean {
  return ACTION.test(text);
}

/** The tokens behind `root`, when the subject starts with it and has exactly `count` more; else undefined. */
export function tokensOf(root: string, subject: string, count: number): readonly string[] | undefined {
  if (!subject.startsWith(root)) return undefined;
  const tokens = subject.slice(root.length).split('.');
  return tokens.length === count ? tokens : undefined;
}
