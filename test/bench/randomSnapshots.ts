/** Snapshots of a large run with random values, which cannot be compressed. */
import type { Engine, Measure, Snapshot } from '../../src/api';
import { randomOf } from '../unit/support/random';
import { smoke } from './report';

/** Size of the run. */
export const engineCount = smoke ? 4 : 64;
/** IDs of the measures. */
export const measures = Array.from({ length: 40 }, (_, index) => `measure_${index}`);
/** As many histograms as vLLM has, with the mean number of their buckets. */
export const histograms = Array.from({ length: 19 }, (_, index) => `histogram_${index}`);
const bounds = Array.from({ length: 15 }, (_, index) => 2 ** index / 1000);
const nextRandom = randomOf(1);

function measuresAt(to: number, hasSpread: boolean): Record<string, Measure> {
  return Object.fromEntries(
    measures.map((id) => {
      const value = nextRandom() * 1000;
      return [
        id,
        hasSpread
          ? {
              value,
              to,
              lowest: { engine: 'engine-0', value: value / 2 },
              highest: { engine: 'engine-1', value: value * 2 },
            }
          : { value, to },
      ];
    }),
  );
}

function distributionsAt(to: number): NonNullable<Snapshot['distributions']> {
  return Object.fromEntries(
    histograms.map((id) => [
      id,
      {
        from: to - 30_000,
        to,
        bounds,
        counts: [...bounds, Infinity].map(() => Math.floor(nextRandom() * 500)),
        counted: engineCount,
        of: engineCount,
      },
    ]),
  );
}

/** The snapshot of a scrape at a time (Unix ms). */
export function snapshotAt(at: number): Snapshot {
  const engines = Array.from({ length: engineCount }, (_, index): Engine => ({
    id: `engine-${index}`,
    name: `engine ${index}`,
    node: '',
    state: 'active',
    measures: measuresAt(at, false),
  }));
  return {
    at,
    window: undefined,
    trigger: 'timer',
    values: {},
    measures: measuresAt(at, true),
    sinceStart: {},
    engines,
    targets: [],
    findings: [],
    distributions: distributionsAt(at),
  };
}
