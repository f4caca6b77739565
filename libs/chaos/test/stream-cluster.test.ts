import { describe, expect, it } from 'vitest';
import { readStreamCluster } from '../src/stream-cluster.ts';

describe('the cluster of a stream', () => {
  it('is read from the answer of STREAM.INFO', () => {
    const cluster = {
      leader: 'n1',
      replicas: [
        { name: 'n2', current: true },
        { name: 'n3', current: true, offline: true },
      ],
    };
    expect(readStreamCluster(JSON.stringify({ cluster }))).toEqual({
      leader: 'n1',
      copies: [
        { name: 'n2', current: true },
        { name: 'n3', current: false },
      ],
    });
  });

  it('has no leader while there is none, or in an error', () => {
    expect(readStreamCluster('{"cluster":{"replicas":[]}}')).toEqual({ leader: '', copies: [] });
    expect(readStreamCluster('{"error":{"code":503}}')).toEqual({ leader: '', copies: [] });
  });
});
