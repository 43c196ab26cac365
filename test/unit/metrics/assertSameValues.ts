/** Compares computed values with those of SkyRL's scraper. */
import { strict as assert } from 'node:assert';

/** The two compute in another order, so that the last digits differ. */
const tolerance = 1e-9;

/** Fails unless both have the same keys and, up to rounding, the same values. */
export function assertSameValues(
  actual: Record<string, number>,
  expected: Record<string, number>,
  where: string,
): void {
  assert.deepEqual(Object.keys(actual).sort(), Object.keys(expected).sort(), where);
  for (const [key, value] of Object.entries(expected)) {
    const difference = Math.abs((actual[key] as number) - value);
    assert.ok(
      difference <= tolerance * Math.max(1, Math.abs(value)),
      `${where} ${key}: ${actual[key]}, SkyRL ${value}`,
    );
  }
}
