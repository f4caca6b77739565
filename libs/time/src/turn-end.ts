/** Runs `act` once everything that arrived together was handled: after the input of this turn of the event loop, before it waits again. */
export function atTurnEnd(act: () => void): void {
  setImmediate(act);
}
