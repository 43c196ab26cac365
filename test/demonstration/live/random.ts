/** Random numbers that are the same for the same seed. */

/** A source of random numbers. */
export interface Random {
  /** A number from 0 to below 1, all equally likely. */
  uniform(): number;
  /** A positive number around 1: e to the power of a normal number with this deviation. */
  factor(deviation: number): number;
  /** Lower-case hex digits. */
  hex(digits: number): string;
}

/** Mulberry32: small, fast, and random enough for a simulation. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    factor: (deviation) =>
      Math.exp(deviation * Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())),
    hex: (digits) => Array.from({ length: digits }, () => Math.floor(uniform() * 16).toString(16)).join(''),
  };
}
