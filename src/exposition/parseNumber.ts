/** The number grammar of the exposition formats: Go's float syntax before 1.13, so neither `0x10` nor `1_000` nor an empty text. */

const grammar = /^(?:[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)|nan)$/i;
const powers = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

const zero = 0x30;
const nine = 0x39;

/**
 * The number in `bytes[start, end)`, or undefined where these bytes are none. `NaN` is a number here.
 * Up to 15 digits with a small exponent are exact in one division or product (Clinger's fast path); more are the engine's own work, and whatever looks otherwise the grammar's.
 */
export function parseNumber(bytes: Buffer, start: number, end: number): number | undefined {
  let at = start;
  const negative = bytes[at] === 0x2d;
  if (negative) at += 1;
  let mantissa = 0;
  let digits = 0;
  let fraction = 0;
  let seenPoint = false;
  for (; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte >= zero && byte <= nine) {
      mantissa = mantissa * 10 + (byte - zero);
      digits += 1;
      if (seenPoint) fraction += 1;
    } else if (byte === 0x2e && !seenPoint) seenPoint = true;
    else break;
  }
  const exponent = at === end ? 0 : exponentIn(bytes, at, end);
  if (digits === 0 || exponent === notAnExponent || end - start > longest) return parseSlowly(bytes, start, end);
  const scale = exponent - fraction;
  if (digits > 15 || scale > 22 || scale < -22) return Number(bytes.toString('latin1', start, end));
  const value =
    scale === 0 ? mantissa : scale < 0 ? mantissa / (powers[-scale] as number) : mantissa * (powers[scale] as number);
  return negative ? -value : value;
}

/** A number that is longer is none. */
const longest = 64;
/** No exponent of one or two digits. */
const notAnExponent = 100;

/** The exponent that `bytes[at, end)` is, as `e+09`. */
function exponentIn(bytes: Buffer, at: number, end: number): number {
  if (((bytes[at] as number) | 0x20) !== 0x65) return notAnExponent;
  const sign = bytes[at + 1];
  let from = at + 1;
  if (sign === 0x2b || sign === 0x2d) from += 1;
  if (from >= end || end - from > 2) return notAnExponent;
  let exponent = 0;
  for (; from < end; from += 1) {
    const digit = (bytes[from] as number) - zero;
    if (digit < 0 || digit > 9) return notAnExponent;
    exponent = exponent * 10 + digit;
  }
  return sign === 0x2d ? -exponent : exponent;
}

function parseSlowly(bytes: Buffer, start: number, end: number): number | undefined {
  if (end - start > longest) return undefined;
  const text = bytes.toString('latin1', start, end);
  if (!grammar.test(text)) return undefined;
  const word = /[in]/i.exec(text)?.[0].toLowerCase();
  if (word === 'n') return NaN;
  if (word === 'i') return text.startsWith('-') ? -Infinity : Infinity;
  return Number(text);
}
