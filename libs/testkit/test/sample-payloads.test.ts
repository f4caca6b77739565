/** The samples are what they say: every smallest payload fits its schema, every bad one breaks it at its path. */
import { actionsOf, OCPP_VERSIONS, validate } from '@voltlane/ocpp';
import { describe, expect, it } from 'vitest';
import { loadSamplePayloads } from '../src/index.ts';

const samples = await loadSamplePayloads();

describe.each(OCPP_VERSIONS)('samples of OCPP %s', (version) => {
  const calls = actionsOf(version).filter(({ kind }) => kind === 'call');

  it.each(calls.map(({ action }) => action))(
    '%s is valid in both directions, and its bad one at its path',
    (action) => {
      for (const direction of ['request', 'response'] as const) {
        const payload = samples.minimal(version, action, direction);
        expect(validate(version, action, direction, payload, 'strict'), direction).toBeUndefined();
      }
      const { payload, path } = samples.bad(version, action);
      expect(validate(version, action, 'request', payload, 'strict')?.path).toBe(path);
    },
  );
});
