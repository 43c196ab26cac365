import { strict as assert } from 'node:assert';

/** SkyRL's arithmetic and ours round differently in the last digits. */
const tolerance = 1e-9;

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
