/** Numbers as people read them: three digits, and a suffix instead of many of them. */
import assert from 'node:assert/strict';
import { formatValue, type Unit } from '../../../src/shared/format';
import { tickLabel } from '../../../webview/axis';

const cases: readonly (readonly [unit: Unit, value: number, text: string])[] = [
  ['tokens', 9_999, '9999 tok'],
  ['tokens', 10_000, '10.0k tok'],
  ['tokens', 140_000, '140k tok'],
  ['tokens', 999_499, '999k tok'],
  ['tokens', 999_960, '1.00M tok'],
  ['tokens', 1_906_400, '1.91M tok'],
  ['tokens', 52_340_000, '52.3M tok'],
  ['tokens', 1_200_000_000, '1.20B tok'],
  ['tokens', 7.5e15, '7500T tok'],
  ['requests', 1.7e308, '1.70e+308'],
  ['tokens', -1_906_400, '-1.91M tok'],
  ['tokens/s', 828.4, '828 tok/s'],
  ['tokens/s', 2_345_678, '2.35M tok/s'],
  ['blocks', 27_000, '27.0k'],
  ['blocks', 4_100_000, '4.10M'],
  ['requests', 123_456, '123456'],
  ['requests', 1_234_567, '1.23M'],
  ['count', 2_000_000, '2.00M'],
  ['requests/s', 12_345, '12.3k req/s'],
  ['/s', 1_500_000, '1.50M /s'],
  ['number', 1.2, '1.20'],
  ['number', 3_000_000, '3.00M'],
  ['bytes', 1_048_576, '1 MiB'],
  ['bytes', 1_000, '1000 B'],
  ['FLOP/s', 999_960_000, '1.00 GFLOP/s'],
  ['FLOP/s', 3.2e14, '320 TFLOP/s'],
];

describe('formatValue', () => {
  for (const [unit, value, text] of cases)
    it(`shows ${value} ${unit} as ${text}`, () => assert.equal(formatValue(value, unit), text));

  it('has axis labels without trailing zeros', () => {
    assert.equal(tickLabel(2_000_000, 'tokens'), '2M');
    assert.equal(tickLabel(1_500_000, 'tokens/s'), '1.5M');
  });
});
