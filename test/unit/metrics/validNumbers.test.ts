import { strict as assert } from 'node:assert';
import { toInterval, toValidNumber } from '../../../src/metrics/validNumbers';

const share = { unit: 'fraction', kind: 'gauge' } as const;
const rate = { unit: 'tokens/s', kind: 'rate' } as const;
const gauge = { unit: 'bytes', kind: 'gauge' } as const;

describe('toValidNumber', () => {
  for (const [row, value, valid] of [
    [gauge, -5, -5],
    [gauge, NaN, undefined],
    [gauge, Infinity, undefined],
    [rate, 0, 0],
    [rate, -5e-324, undefined],
    [share, 0, 0],
    [share, 1, 1],
    [share, 1 + 1e-12, 1],
    [share, -1e-12, 0],
    [share, 1.001, undefined],
    [share, -0.001, undefined],
  ] as const)
    it(`is ${valid} for a ${row.kind} in ${row.unit} of ${value}`, () =>
      assert.equal(toValidNumber(row, value), valid));
});

describe('toInterval', () => {
  it('has finite ends only', () => {
    assert.deepEqual(toInterval(1, 2), { low: 1, high: 2 });
    assert.deepEqual(toInterval(1, Infinity), { low: 1 });
    assert.equal(toInterval(NaN, 2), undefined);
  });
});
