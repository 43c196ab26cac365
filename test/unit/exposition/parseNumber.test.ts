import { strict as assert } from 'node:assert';
import { parseNumber } from '../../../src/exposition/parseNumber';
import { randomOf } from '../support/random';

/** Parses the text between other digits, so that reading too far shows. */
function parse(text: string): number | undefined {
  const bytes = Buffer.from(`99${text}99`);
  return parseNumber(bytes, 2, bytes.length - 2);
}

/** Texts that are no numbers for Go's ParseFloat without `p`, `P` and `_`, as Prometheus's parsers use it. */
const rejected = [
  '',
  ' ',
  '1 ',
  ' 1',
  '.',
  '+',
  '-',
  '+-1',
  '--1',
  '1e',
  '1e+',
  'e5',
  '0x10',
  '0b1',
  '0o7',
  '1_000',
  '1,0',
  '1.2.3',
  '1\r',
  'In',
  'infin',
  'NaNs',
  '+NaN',
  '-nan',
  '٣',
];

const random = randomOf(20261124);
const digits = (count: number): string =>
  Array.from({ length: count }, () => String(Math.floor(random() * 10))).join('');

/** Decimals of every length around the fast path's limits: 15 digits, small and large exponents, leading zeros. */
function decimal(): string {
  const integer = digits(Math.floor(random() * 20));
  const fraction =
    random() < 0.6 ? `.${digits(integer === '' ? 1 + Math.floor(random() * 20) : Math.floor(random() * 20))}` : '';
  const body = integer === '' && fraction === '' ? '0' : `${integer}${fraction}`;
  const exponent =
    random() < 0.3
      ? `${random() < 0.5 ? 'e' : 'E'}${['', '+', '-'][Math.floor(random() * 3)]}${Math.floor(random() * 320)}`
      : '';
  return `${['', '', '-', '+'][Math.floor(random() * 4)]}${body}${exponent}`;
}

describe('parseNumber', () => {
  it('gives the same double as Number() for 100 000 random decimals, and none that is out of range', () => {
    for (let round = 0; round < 100_000; round += 1) {
      const text = decimal();
      const expected = Number.isFinite(Number(text)) ? Number(text) : undefined;
      if (!Object.is(parse(text), expected)) assert.fail(`${text}: ${String(parse(text))}, not ${String(expected)}`);
    }
  });

  it('reads back what JavaScript writes, for 20 000 random doubles', () => {
    const bits = new DataView(new ArrayBuffer(8));
    for (let round = 0; round < 20_000; round += 1) {
      bits.setUint32(0, random() * 2 ** 32);
      bits.setUint32(4, random() * 2 ** 32);
      const value = bits.getFloat64(0);
      if (Number.isFinite(value)) assert.ok(Object.is(parse(String(value)), value), String(value));
    }
  });

  it('keeps the sign of zero', () =>
    assert.ok(Object.is(parse('-0'), -0) && Object.is(parse('-0.0'), -0) && Object.is(parse('0'), 0)));

  for (const text of rejected) it(`rejects ${JSON.stringify(text)}`, () => assert.equal(parse(text), undefined));

  it('rejects texts that are longer than any number', () => assert.equal(parse('1'.repeat(65)), undefined));
});
