/** Numbers of little precision as people would write them. */
import type { SignificantBits } from './packedNumbers';

/** A single-precision number with the seven digits that it has: 0.1, not 0.10000000149. */
export function roundToSingle(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const scale = 10 ** (6 - Math.floor(Math.log10(Math.abs(value))));
  const rounded = Math.round(value * scale) / scale;
  return Number.isFinite(rounded) && scale < 1e22 ? rounded : value;
}

/**
 * The shortest decimal number of those that are rounded to the same so many binary digits: 8.2, not 8.21875. Whole
 * numbers stay.
 */
export function shortestDecimal(value: number, digits: SignificantBits): number {
  if (digits >= 24 || Number.isInteger(value) || !Number.isFinite(value)) return value;
  const magnitude = Math.abs(value);
  const exponent = Math.floor(Math.log10(magnitude));
  const power = 2 ** Math.floor(Math.log2(magnitude));
  // A little less, so that the result is never rounded to a neighbour; below a power of two that lies half as far.
  const tolerance = power * 2 ** -digits * (magnitude === power ? 0.499 : 0.999);
  for (let decimals = Math.floor(digits * Math.LOG10E * Math.LN2) - 1; decimals < 7; decimals++) {
    const scale = 10 ** (decimals - 1 - exponent);
    const rounded = Math.round(value * scale) / scale;
    if (Math.abs(rounded - value) <= tolerance) return rounded;
  }
  return value;
}
