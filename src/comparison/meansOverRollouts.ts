/** The mean of each measure over the time of each rollout, where a file has only points. */
import type { RunData } from '../runs/run';
import { firstIndexFrom, type ChartSeries } from '../shared/chartData';
import type { Rollout } from '../shared/rollout';

/** By id of a rollout, by catalog id. A measure without a point in a rollout is missing there. */
export function meansOverRollouts(series: readonly ChartSeries[], rollouts: readonly Rollout[]): RunData['means'] {
  return Object.fromEntries(
    rollouts.map(({ id, from, to }) => [
      id,
      Object.fromEntries(
        series.flatMap(({ measure, at, value }) => {
          const known = value.slice(firstIndexFrom(at, from), firstIndexFrom(at, to + 1)).filter((one) => one !== null);
          return known.length === 0 ? [] : [[measure, known.reduce((sum, one) => sum + one, 0) / known.length]];
        }),
      ),
    ]),
  );
}
