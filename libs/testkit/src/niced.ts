/** Commands that give way to others on the same cores. */

/** A program and its arguments. */
export type Command = readonly [program: string, args: readonly string[]];

/**
 * The command at this niceness: 0 as it is, 1 to 19 the later in turn. Through `nice`, because all threads of a process inherit it that way, and
 * changing it later is, on Linux, of one thread.
 */
export function niced(program: string, args: readonly string[], niceness: number): Command {
  return niceness === 0 ? [program, args] : ['nice', ['-n', String(niceness), program, ...args]];
}
