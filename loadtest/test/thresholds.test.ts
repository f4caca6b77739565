import { describe, expect, it } from 'vitest';
import { checkAssertions, parseAssertions } from '../src/thresholds.ts';

function checked(text: string, figures: Parameters<typeof checkAssertions>[0]): readonly boolean[] {
  const assertions = parseAssertions(text);
  if (typeof assertions === 'string') throw new Error(assertions);
  return checkAssertions(figures, assertions).map(({ holds }) => holds);
}

describe('thresholds', () => {
  it('hold or break by figure, operator, number and unit', () => {
    expect(
      checked('p99<25ms, lost=0,memory<=2.5GB, callsPerSecond>=2000', {
        p99: 24.9,
        lost: 0,
        memory: 2.5e9,
        callsPerSecond: 1_999,
      }),
    ).toEqual([true, true, true, false]);
    expect(checked('p50<900us,servedS<=1.5min,p99>1s', { p50: 0.8, servedS: 90, p99: 1_000 })).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('break when the run has no such figure', () => {
    expect(checked('servedS<90s', {})).toEqual([false]);
  });

  it.each([
    ['p99', /"p99" is not like/],
    ['p99<', /is not like/],
    ['speed>3', /no figure speed; there are p50/],
    ['p99<3GB', /p99 has no unit GB; it has us, ms, s/],
    ['lost=0ms', /lost has no unit ms; it has none/],
    ['p99<1.2.3ms', /is not a number/],
  ])('are refused as %s', (text, why) => {
    expect(parseAssertions(text)).toMatch(why);
  });
});
