/**
 * The number grammar of the exposition formats: that of Go's `ParseFloat` without hexadecimal digits and underscores,
 * as both of Prometheus's parsers use it.
 */

const numberPattern = /^(?:[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)|nan)$/i;
const powersOfTen = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;
const plus = 0x2b;
const point = 0x2e;
const lowerCaseBit = 0x20;
const letterE = 0x65;

/** Longer texts are not numbers. */
const maxNumberLength = 64;
/** Returned instead of an exponent. Exponents of one or two digits are smaller. */
const notAnExponent = 100;

/**
 * The number that `bytes[start, end)` spells, or undefined if it is not a number. `NaN` and infinities are numbers.
 *
 * Up to 15 digits with a small exponent are exact after one multiplication or division (Clinger's fast path). Longer
 * numbers are left to JavaScript's own parser.
 */
export function parseNumber(bytes: Buffer, start: number, end: number): number | undefined {
  let offset = start;
  const isNegative = bytes[offset] === minus;
  if (isNegative) offset += 1;
  let mantissa = 0;
  let digits = 0;
  let fractionDigits = 0;
  let sawPoint = false;
  for (; offset < end; offset += 1) {
    const byte = bytes[offset] as number;
    if (byte >= zero && byte <= nine) {
      mantissa = mantissa * 10 + (byte - zero);
      digits += 1;
      if (sawPoint) fractionDigits += 1;
    } else if (byte === point && !sawPoint) sawPoint = true;
    else break;
  }
  const exponent = offset === end ? 0 : parseExponent(bytes, offset, end);
  if (digits === 0 || exponent === notAnExponent || end - start > maxNumberLength)
    return parseByPattern(bytes, start, end);
  const scale = exponent - fractionDigits;
  if (digits > 15 || scale > 22 || scale < -22) return Number(bytes.toString('latin1', start, end));
  const value =
    scale === 0
      ? mantissa
      : scale < 0
        ? mantissa / (powersOfTen[-scale] as number)
        : mantissa * (powersOfTen[scale] as number);
  return isNegative ? -value : value;
}

/** The exponent that `bytes[start, end)` spells, such as `e+09`. */
function parseExponent(bytes: Buffer, start: number, end: number): number {
  if (((bytes[start] as number) | lowerCaseBit) !== letterE) return notAnExponent;
  const sign = bytes[start + 1];
  let offset = start + 1;
  if (sign === plus || sign === minus) offset += 1;
  if (offset >= end || end - offset > 2) return notAnExponent;
  let exponent = 0;
  for (; offset < end; offset += 1) {
    const digit = (bytes[offset] as number) - zero;
    if (digit < 0 || digit > 9) return notAnExponent;
    exponent = exponent * 10 + digit;
  }
  return sign === minus ? -exponent : exponent;
}

/** Parses what the fast path does not: signs, `NaN`, infinities, long exponents. */
function parseByPattern(bytes: Buffer, start: number, end: number): number | undefined {
  if (end - start > maxNumberLength) return undefined;
  const text = bytes.toString('latin1', start, end);
  if (!numberPattern.test(text)) return undefined;
  const letter = /[in]/i.exec(text)?.[0].toLowerCase();
  if (letter === 'n') return NaN;
  if (letter === 'i') return text.startsWith('-') ? -Infinity : Infinity;
  const value = Number(text);
  // Prometheus refuses a number out of range: `1e400` is not an infinity.
  return Number.isFinite(value) ? value : undefined;
}
