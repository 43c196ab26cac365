import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BitReader, BitWriter } from '../../../src/history/bitStream';
import { readNumbers, writeNumbers, type SignificantBits } from '../../../src/history/packedNumbers';
import { randomOf } from '../support/random';

interface Packed {
  numbers: number[];
  bytes: number;
}

function roundTrip(values: readonly number[], digits: SignificantBits, reference?: readonly number[]): Packed {
  const writer = new BitWriter();
  writeNumbers(writer, values, digits, reference);
  writer.align();
  const packed = writer.view(0).slice();
  return { numbers: readNumbers(new BitReader(packed, 0), values.length, digits, reference), bytes: packed.length };
}

const areSame = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, index) => Object.is(value, b[index]));

/** Form, width, base, the bits of the first lower word. */
const headerBytes = 12;
const roundedDigits: readonly SignificantBits[] = [16, 13, 11, 9];

const anyDouble = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.integer({ min: 0, max: 100 }),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE, 2 ** 31, -(2 ** 31), 2 ** 53),
);
const anyDoubles = fc.oneof(
  fc.array(anyDouble, { maxLength: 70 }),
  fc.array(fc.double({ min: 3, max: 4 }), { maxLength: 70 }),
);
const anySingle = fc.float({ noNaN: true, noDefaultInfinity: true });

describe('packed numbers', () => {
  it('are the same doubles, in at most eight bytes each, one bit for a NaN, and a header', () => {
    fc.assert(
      fc.property(anyDoubles, (values) => {
        const { numbers, bytes } = roundTrip(values, 53);
        assert.ok(areSame(numbers, values), `${values.join()} became ${numbers.join()}`);
        assert.ok(bytes <= 8 * values.length + values.length / 8 + headerBytes, `${bytes} for ${values.length}`);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are the same singles, also beside numbers that they are close to, in at most four bytes each and a header', () => {
    const column = fc.array(fc.oneof(anySingle, fc.constantFrom(0, -0, NaN)), { maxLength: 70 });
    fc.assert(
      fc.property(column, fc.array(anySingle, { minLength: 70, maxLength: 70 }), (values, others) => {
        for (const reference of [undefined, others.slice(0, values.length), values]) {
          const { numbers, bytes } = roundTrip(values, 24, reference);
          assert.ok(areSame(numbers, values), `${values.join()} became ${numbers.join()}`);
          assert.ok(bytes <= 4 * values.length + values.length / 8 + headerBytes, `${bytes} for ${values.length}`);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('are rounded to so many binary digits; whole numbers of no more digits, zeros and NaN stay', () => {
    const normal = fc.oneof(
      fc.double({ min: 2 ** -126, max: 2 ** 127, noNaN: true }),
      fc.constantFrom(0, NaN, 2 ** 127 * 1.999),
    );
    for (const digits of roundedDigits)
      fc.assert(
        fc.property(fc.array(normal, { maxLength: 70 }), fc.boolean(), (values, negative) => {
          const signed = values.map((value) => (negative && value !== 0 ? -value : value));
          const { numbers } = roundTrip(signed, digits);
          for (const [index, value] of signed.entries()) {
            const number = numbers[index] ?? NaN;
            if (Number.isNaN(value)) assert.ok(Number.isNaN(number));
            else assert.ok(Math.abs(number - value) <= Math.abs(value) * 2 ** -digits * 1.001, `${value}: ${number}`);
          }
          assert.ok(areSame(roundTrip(numbers, digits).numbers, numbers), 'rounding twice changes nothing');
        }),
        { numRuns: 300 },
      );
    const wholes = Array.from({ length: 512 }, (_, index) => index);
    for (const digits of roundedDigits) assert.deepEqual(roundTrip([...wholes, 0.5], digits).numbers, [...wholes, 0.5]);
  });

  it('stay finite', () => {
    const largest = [3.4028234663852886e38, -3.4028234663852886e38, 0.5];
    for (const digits of roundedDigits) assert.ok(roundTrip(largest, digits).numbers.every(Number.isFinite));
  });

  it('need less the closer they are', () => {
    const random = randomOf(1);
    const column = (make: () => number): number[] => Array.from({ length: 60 }, make);
    const bytes = (values: readonly number[], digits: SignificantBits, reference?: readonly number[]): number =>
      roundTrip(values, digits, reference).bytes;
    assert.ok(
      bytes(
        column(() => 17.3),
        53,
      ) <= headerBytes,
      'one number',
    );
    assert.ok(
      bytes(
        column(() => Math.floor(random() * 64)),
        24,
      ) <=
        60 * 0.75 + headerBytes,
      'counts of requests',
    );
    const rates = column(() => Math.fround(900 + 100 * random()));
    assert.ok(bytes(rates, 24) <= 60 * 2.75 + headerBytes, 'rates');
    assert.ok(bytes(rates, 13) <= 60 * 1.375 + headerBytes, 'rounded rates');
    assert.ok(bytes(rates, 24, rates) <= 4, 'what is the same');
    assert.ok(bytes([0, ...rates.slice(1)], 24) <= 60 * 2.875 + headerBytes, 'zeros between them');
  });
});
