/** Sets of time: what is in one of them, in both, or in the first only. */
import assert from 'node:assert/strict';
import { differenceOf, intersectionOf, lengthOf, unionOf, type Interval } from '../../../src/rollouts/intervals';
import { randomOf } from '../support/random';

/** The whole numbers in a set. */
const membersOf = (set: readonly Interval[]): number[] =>
  Array.from({ length: 40 }, (_, time) => time).filter((time) => set.some(([from, to]) => from <= time && time < to));

describe('Sets of time', () => {
  it('have the times that their intervals say, whatever their order', () => {
    const random = randomOf(7);
    const intervals = (): Interval[] =>
      Array.from({ length: Math.floor(random() * 6) }, () => {
        const from = Math.floor(random() * 36);
        return [from, from + Math.floor(random() * 8)] as const;
      });
    for (let round = 0; round < 500; round++) {
      const [a, b] = [intervals(), intervals()];
      const [one, other] = [unionOf(a), unionOf(b)];
      const inOther = new Set(membersOf(b));
      assert.deepEqual(membersOf(one), membersOf(a));
      assert.equal(
        lengthOf(one),
        membersOf(a).filter((time) => time < 40).length + Math.max(0, (one.at(-1)?.[1] ?? 0) - 40),
      );
      const common = intersectionOf(one, other);
      const rest = differenceOf(one, other);
      assert.deepEqual(
        membersOf(common),
        membersOf(a).filter((time) => inOther.has(time)),
      );
      assert.deepEqual(
        membersOf(rest),
        membersOf(a).filter((time) => !inOther.has(time)),
      );
      assert.equal(lengthOf(common) + lengthOf(rest), lengthOf(one));
    }
  });

  it('may have no beginning and no end', () => {
    const open = unionOf([
      [-Infinity, 5],
      [3, Infinity],
    ]);
    assert.deepEqual(open, [[-Infinity, Infinity]]);
    assert.deepEqual(intersectionOf([[2, 4]], open), [[2, 4]]);
    assert.deepEqual(differenceOf([[2, 4]], open), []);
  });
});
