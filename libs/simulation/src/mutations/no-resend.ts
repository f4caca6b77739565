/** An edge says everything once. */
import { decodeUplink } from '@voltlane/wire';
import type { Mutation } from '../mutation.ts';

/** Makes the mutation; it remembers what each edge has said. */
export function createNoResend(): Mutation {
  const said = new Set<string>();
  return {
    name: 'no-resend',
    removes: 'Edges no longer send again what got no reply.',
    shownBy: ['busDrop', 'crash'],
    foundBy: ['errors-have-causes', 'convergence', 'history'],
    published: ({ node, subject, data }) => {
      if (!node.startsWith('edge') || !subject.includes('.call.')) return data;
      const { sessionId, seq, kind } = decodeUplink(data);
      const key = `${sessionId} ${seq} ${kind}`;
      if (said.has(key)) return undefined;
      said.add(key);
      return data;
    },
  };
}
