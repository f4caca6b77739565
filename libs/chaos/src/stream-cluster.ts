/** Reads from JetStream's STREAM.INFO who leads a stream and whether its copies are current. */

/** Leader, empty when there is none, and the other copies. */
export interface StreamCluster {
  readonly leader: string;
  readonly copies: readonly { readonly name: string; readonly current: boolean }[];
}

/** What the answer says; nothing of a stream that has no cluster, or of an error. */
export function readStreamCluster(text: string): StreamCluster {
  const cluster = fieldOf(JSON.parse(text), 'cluster');
  const leader = fieldOf(cluster, 'leader');
  const replicas = fieldOf(cluster, 'replicas');
  const copies: readonly unknown[] = Array.isArray(replicas) ? replicas : [];
  return {
    leader: typeof leader === 'string' ? leader : '',
    copies: copies.map((copy) => ({
      name: String(fieldOf(copy, 'name')),
      current: fieldOf(copy, 'current') === true && fieldOf(copy, 'offline') !== true,
    })),
  };
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
