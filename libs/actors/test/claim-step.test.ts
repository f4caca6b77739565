import { workerId } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import type { ClaimView } from '../src/claim-step.ts';
import { nextStep } from '../src/claim-step.ts';

const ME = workerId('me');
const OTHER = workerId('other');
const REST: ClaimView = { me: ME, held: true, holder: ME, holderLive: true, owner: ME, leaving: false };

describe('the next step for a partition', () => {
  it.each<[string, Partial<ClaimView>, ReturnType<typeof nextStep>]>([
    ['held and ours', {}, 'rest'],
    ['held, and another live member is the owner', { owner: OTHER }, 'handOver'],
    ['held, and no member is known to take it', { owner: undefined }, 'rest'],
    ['held while leaving', { leaving: true, owner: undefined }, 'handOver'],
    ['ours and free', { held: false, holder: undefined }, 'acquire'],
    ['ours and held by a dead worker', { held: false, holder: OTHER, holderLive: false }, 'acquire'],
    ['ours and held by a live worker', { held: false, holder: OTHER }, 'wait'],
    ['ours, with a claim in our name that we do not hold', { held: false }, 'acquire'],
    ['not ours, with a claim in our name that we do not hold', { held: false, owner: OTHER }, 'disown'],
    [
      'a claim in our name that we do not hold, while leaving',
      { held: false, owner: undefined, leaving: true },
      'disown',
    ],
    ['of others', { held: false, holder: OTHER, owner: OTHER }, 'rest'],
    ['free, of others', { held: false, holder: undefined, owner: OTHER }, 'rest'],
    ['of a dead worker, of others', { held: false, holder: OTHER, holderLive: false, owner: OTHER }, 'rest'],
  ])('%s', (_what, view, step) => {
    expect(nextStep({ ...REST, ...view })).toBe(step);
  });
});
