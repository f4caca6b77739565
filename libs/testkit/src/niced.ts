/** Commands that give way to others on the same cores, or go before them. */

/** A program and its arguments. */
export type Command = readonly [program: string, args: readonly string[]];

/**
 * The command at this niceness above that of this process: 0 as it is, 1 to 19 the later in turn, -1 to -20 the earlier, for which there must be
 * the right: without it `nice` warns on stderr and starts the command as it is. Through `nice`, because all threads of a process inherit it that way,
 * and changing it later is, on Linux, of one thread.
 */
export function niced(program: string, args: readonly string[], niceness: number): Command {
  return niceness === 0 ? [program, args] : ['nice', ['-n', String(niceness), program, ...args]];
}
