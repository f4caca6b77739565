import { describe, expect, it } from 'vitest';
import { KnownPaths } from '../src/known-paths.ts';

describe('known paths', () => {
  const paths = new KnownPaths();
  paths.add('/v1/chargers/:chargerId', ['GET', 'HEAD']);
  paths.add('/v1/chargers/:chargerId', ['PUT']);
  paths.add('/v1/chargers/import', ['POST']);

  it.each([
    ['/v1/chargers/CP1', ['GET', 'HEAD', 'PUT']],
    ['/v1/chargers/import', ['GET', 'HEAD', 'POST', 'PUT']],
    ['/v1/chargers/', []],
    ['/v1/chargers', []],
    ['/v1/chargers/CP1/x', []],
    ['', []],
  ])('%s', (path, methods) => {
    expect(paths.methodsOf(path)).toEqual(methods);
  });
});
