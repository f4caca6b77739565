/** What can go wrong, as data: a run is its seed, its size and its list of these. */

/** What goes wrong with a node's bus connection, or with a node as a whole. */
export type NodeFaultKind =
  /** What it sends and hears takes up to `amount` ms longer; links keep their order, so messages of several links change places. */
  | 'busDelay'
  /** Share `amount` of what it sends and hears on the bus is lost. */
  | 'busDrop'
  /** Share `amount` of what it sends leaves twice. */
  | 'busDuplicate'
  /** No bus at all. */
  | 'partition'
  /** Nothing of it runs; then it goes on. */
  | 'pause'
  /** Gone in one moment; started anew afterwards. */
  | 'crash'
  /** Told to stop, as by SIGTERM; started anew afterwards. */
  | 'stop'
  /** Share `amount` of its reads and writes is not done and not acknowledged. */
  | 'storeRefuse'
  /** Share `amount` of its writes is done and never acknowledged. */
  | 'storeForget'
  /** Its reads and writes take up to `amount` ms longer, half before and half after they are done. */
  | 'storeSlow';

/** What goes wrong with the sockets of a share of the chargers. */
export type LinkFaultKind =
  /** Both ends learn at once. */
  | 'linkCut'
  /** The charger learns and dials again; the edge keeps its end, and what was on its way still arrives. */
  | 'linkSilent'
  /** Nothing arrives any more; the charger learns after a while, the edge by its silence. */
  | 'linkBlackhole'
  /** Everything takes up to `amount` ms longer. */
  | 'linkStall'
  /** Somebody else connects under the same identity. */
  | 'impostor'
  /** The chargers restart. */
  | 'reboot';

/** Everything that can go wrong. */
export type FaultKind = NodeFaultKind | LinkFaultKind;

/** One thing that goes wrong, from `atMs` for `durationMs` of virtual time. */
export type Fault = {
  readonly id: number;
  readonly atMs: number;
  readonly durationMs: number;
  readonly amount: number;
} & (
  | { readonly kind: NodeFaultKind; readonly node: string }
  /** `share` of all chargers, chosen by the fault's own randomness. */
  | { readonly kind: LinkFaultKind; readonly share: number }
);

/** One line for people. */
export function faultText(fault: Fault): string {
  const where = 'node' in fault ? fault.node : `${(fault.share * 100).toFixed(1)} % of chargers`;
  const amount = fault.amount === 0 ? '' : ` amount ${fault.amount}`;
  return `#${fault.id} at ${fault.atMs} ms for ${fault.durationMs} ms: ${fault.kind} ${where}${amount}`;
}
