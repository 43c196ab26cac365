/** Newest values of other families, for exports: the history has them only while they were shown or charted. */
import type { Snapshot } from '../api';
import { isOtherId } from '../metrics/otherRows';
import { addPoint, newSeries, type ChartSeries } from '../shared/chartData';

/** The snapshot's own points of those whose ids are not known: of all engines together, and of each subject. */
export function newestOtherSeries(
  { at, measures, engines, parts = [] }: Snapshot,
  knownIds: ReadonlySet<string>,
): ChartSeries[] {
  const isMissing = (id: string): boolean => isOtherId(id) && !knownIds.has(id);
  const aggregates = Object.entries(measures).flatMap(([id, { value, lowest, highest }]) => {
    if (!isMissing(id)) return [];
    const series = newSeries(id, undefined);
    addPoint(series, { at, value, lowest: lowest?.value, highest: highest?.value });
    return [series];
  });
  const subjects = [
    ...engines.map(({ id, name, measures: own }) => ({ subject: { id, name }, own })),
    ...parts.map(({ id, name, measures: own }) => ({ subject: { id, name, nonEngine: true as const }, own })),
  ].flatMap(({ subject, own }) =>
    Object.entries(own).flatMap(([id, { value }]) => {
      if (!isMissing(id)) return [];
      const series = newSeries(id, subject);
      addPoint(series, { at, value, lowest: undefined, highest: undefined });
      return [series];
    }),
  );
  return [...aggregates, ...subjects];
}
