/** Keeps false claims rare where several measures are tested at once: Holm's method with weights. */

/** A test among others. */
export interface WeightedTest {
  p: number;
  /** Its share of the permitted false claims; only the ratio to the others' matters. */
  weight: number;
}

/**
 * The p-value of each test, adjusted: claiming where it is at most 0.05 makes any false claim at all in at most 5 % of
 * comparisons, however the measures depend on each other (Holm, A Simple Sequentially Rejective Multiple Test Procedure,
 * Scandinavian Journal of Statistics 6, 1979, §4).
 */
export function adjustByHolm(tests: readonly WeightedTest[]): number[] {
  const adjusted = new Array<number>(tests.length);
  const order = tests.map((test, index) => ({ ...test, index })).sort((a, b) => a.p / a.weight - b.p / b.weight);
  let highest = 0;
  order.forEach(({ p, weight, index }, position) => {
    const remaining = order.slice(position).reduce((sum, test) => sum + test.weight, 0);
    highest = Math.max(highest, Math.min(1, (p * remaining) / weight));
    adjusted[index] = highest;
  });
  return adjusted;
}
