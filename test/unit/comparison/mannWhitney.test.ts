/** The Mann–Whitney test and Holm's method, against SciPy where there is a Python, and against values from the literature. */
import assert from 'node:assert/strict';
import { adjustByHolm } from '../../../src/comparison/holm';
import { erfc, mannWhitney, maxExactValues } from '../../../src/comparison/mannWhitney';
import { createRandom } from '../../demonstration/live/random';
import { askScipy, findScipy } from './scipy';

const close = (actual: number, expected: number, message: string, digits = 1e-10): void =>
  assert.ok(
    Math.abs(actual - expected) <= digits * Math.max(1e-12, Math.abs(expected)),
    `${message}: ${actual}, not ${expected}`,
  );

/** Two samples with random sizes and shift. With `step`, values are rounded to it, so that many are tied. */
function someSamples(count: number, seed: number, highestSize: number, step?: number): [number[], number[]][] {
  const random = createRandom(seed);
  const between = (low: number, high: number): number => low + Math.floor(random.uniform() * (high - low + 1));
  const value = (shift: number): number => {
    const raw = random.factor(0.3) + shift;
    return step === undefined ? raw : Math.round(raw / step) * step;
  };
  return Array.from({ length: count }, () => {
    const shift = random.uniform() * 0.6;
    return [
      Array.from({ length: between(2, highestSize) }, () => value(0)),
      Array.from({ length: between(2, highestSize) }, () => value(shift)),
    ];
  });
}

describe('Mann–Whitney test', () => {
  it('has the p-values of the literature', () => {
    // Five against five that do not overlap: 2 of 252 divisions are as extreme (Mann and Whitney, table 1).
    assert.deepEqual(mannWhitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]), { u: 0, p: 2 / 252, method: 'exact' });
    // Hollander and Wolfe, Nonparametric Statistical Methods, 1973, p. 69: permeability of membranes, W = 35.
    const atTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const early = [1.15, 0.88, 0.9, 0.74, 1.21];
    const { u, p } = mannWhitney(atTerm, early);
    assert.equal(u, 35);
    close(p, 0.2544122544, 'p', 1e-9);
  });

  it('counts ties exactly, and says that equal samples do not differ', () => {
    // 20 divisions of 1 1 2 | 2 3 3: the sum of the first is at most as low in 2, of which each chooses another 2.
    assert.equal(mannWhitney([1, 1, 2], [2, 3, 3]).p, 4 / 20);
    assert.equal(mannWhitney([0, 0, 0, 0, 0], [0, 0, 0, 0, 0]).p, 1);
    assert.equal(mannWhitney(new Array(40).fill(7), new Array(40).fill(7)).p, 1);
  });

  it('does not depend on the order of values or samples', () => {
    for (const [first, second] of someSamples(20, 3, 20, 0.2)) {
      const { p } = mannWhitney(first, second);
      close(mannWhitney([...first].reverse(), second).p, p, 'reversed');
      close(mannWhitney(second, first).p, p, 'swapped');
    }
  });

  it('agrees with SciPy: without ties, with ties by every division, and with many values', async function () {
    const python = await findScipy(this);
    const untied = someSamples(60, 1, 25);
    const tied = someSamples(60, 2, 6, 0.2);
    const large = [...someSamples(40, 4, 80), ...someSamples(40, 5, 80, 0.3)].filter(
      ([first, second]) => first.length + second.length > maxExactValues,
    );
    const erfcAt = Array.from({ length: 61 }, (_, index) => index / 10 - 1);
    const peer = askScipy(python, { samples: [...untied, ...tied, ...large], erfc: erfcAt });
    const expected = (offset: number, index: number) => peer.tests[offset + index] ?? assert.fail();
    untied.forEach(([first, second], index) => {
      const { u, exact } = expected(0, index);
      const own = mannWhitney(first, second);
      assert.deepEqual([own.u, own.method], [u, 'exact']);
      close(own.p, exact, `${first.length} against ${second.length}`);
    });
    let checked = 0;
    tied.forEach(([first, second], index) => {
      const { u, divided } = expected(untied.length, index);
      const own = mannWhitney(first, second);
      assert.equal(own.u, u);
      if (divided === null) return;
      checked += 1;
      close(own.p, divided, `${first.join(' ')} against ${second.join(' ')}`);
    });
    assert.ok(checked > 40, `${checked} with ties`);
    assert.ok(large.length > 40);
    large.forEach(([first, second], index) => {
      const { u, normal } = expected(untied.length + tied.length, index);
      const own = mannWhitney(first, second);
      assert.deepEqual([own.u, own.method], [u, 'normal']);
      close(own.p, normal, `${first.length} against ${second.length}`);
    });
    erfcAt.forEach((x, index) => close(erfc(x), peer.erfc[index] ?? NaN, `erfc(${x})`, 1e-12));
  });

  it('is nearly the same on both sides of the limit between its methods', () => {
    const random = createRandom(9);
    const values = (count: number): number[] => Array.from({ length: count }, () => random.factor(0.3));
    const [first, second] = [values(maxExactValues / 2), values(maxExactValues / 2)];
    const before = mannWhitney(first, second);
    const after = mannWhitney([...first, 1], second);
    assert.deepEqual([before.method, after.method], ['exact', 'normal']);
    assert.ok(Math.abs(before.p - after.p) < 0.05, `${before.p} and ${after.p}`);
  });
});

describe('Holm’s method', () => {
  it('adjusts as in the usual example', () => {
    const weight = 1;
    const adjusted = adjustByHolm([0.01, 0.04, 0.03, 0.005].map((p) => ({ p, weight })));
    assert.deepEqual(
      adjusted.map((p) => Number(p.toFixed(6))),
      [0.03, 0.06, 0.06, 0.02],
    );
  });

  it('gives a test with more weight a lower limit to pass', () => {
    const adjusted = adjustByHolm([
      { p: 0.02, weight: 9 },
      { p: 0.02, weight: 1 },
    ]);
    assert.ok(Math.abs((adjusted[0] ?? NaN) - 0.02 / 0.9) < 1e-12);
    assert.ok(Math.abs((adjusted[1] ?? NaN) - 0.02 / 0.9) < 1e-12, 'a p-value is never below one that came first');
  });

  it('makes a false claim in at most 5 % of families, also with weights', () => {
    const random = createRandom(11);
    let claims = 0;
    for (let family = 0; family < 2000; family++) {
      const tests = Array.from({ length: 20 }, (_, index) => ({ p: random.uniform(), weight: index < 2 ? 10 : 1 }));
      if (adjustByHolm(tests).some((p) => p <= 0.05)) claims += 1;
    }
    assert.ok(claims <= 130, `${claims} of 2000`);
    assert.ok(claims >= 60, 'it still claims');
  });
});
