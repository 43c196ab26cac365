/** Random numbers that are the same for the same seed. */

export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Around 1, always positive: e to a normal number with this deviation. */
  factor(deviation: number): number;
  /** Lower-case hex digits. */
  hex(digits: number): string;
}

/** Mulberry32: small, fast, and good enough to look alive. */
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
