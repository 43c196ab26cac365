/** The run that is watched, as the data of a chart. */
import { chartRows } from '../../metrics/chartRows';
import { allRows, otherRowsIn } from '../../metrics/otherRows';
import type { ChartIncrement, ChartQuery, ChartSeries, ChartSubject } from '../../shared/chartData';
import type { RunWatcher } from '../shared/runWatcher';
import type { ChartFeed } from './chartFeed';

/** A metric counts as available once the run has measured it. */
export function createRunFeed(runWatcher: RunWatcher): ChartFeed {
  const measured = new Set<string>();
  const noteMeasures = ({ series }: Pick<ChartIncrement, 'series'>): void => {
    for (const { measure } of series) measured.add(measure);
  };
  const nameWithRole = (subject: ChartSubject): ChartSubject => {
    const role = runWatcher.snapshot?.engines.find(({ id }) => id === subject.id)?.role;
    return role ? { ...subject, name: `${subject.name} (${role})` } : subject;
  };
  const withRole = (series: ChartSeries): ChartSeries =>
    series.engine ? { ...series, engine: nameWithRole(series.engine) } : series;
  const everything = (): ChartQuery => ({
    measures: allRows(runWatcher.snapshot).map(({ id }) => id),
    engines: 'aggregate',
    from: 0,
    to: Infinity,
    maxPoints: 1,
  });
  return {
    now: () => runWatcher.now(),
    query: (query, histograms) => {
      const data = runWatcher.shownRun.queryChart(query, histograms);
      return { ...data, series: data.series.map(withRole) };
    },
    choices: (search) => {
      if (search) noteMeasures(runWatcher.shownRun.queryChart(everything(), []));
      // Other families are known by name before they are computed, so that a person can choose them.
      const others = otherRowsIn(runWatcher.snapshot);
      const otherIds = new Set(others.map(({ id }) => id));
      return {
        rows: chartRows((id) => measured.has(id) || otherIds.has(id), others),
        engines: runWatcher.shownRun.chartSubjects.map(nameWithRole),
      };
    },
    onDidAdd: (listener, thisArgs, disposables) =>
      runWatcher.onDidAddPoints(
        (increment) => {
          noteMeasures(increment);
          listener.call(thisArgs, { ...increment, series: increment.series.map(withRole) });
        },
        undefined,
        disposables,
      ),
    onDidReplace: runWatcher.onDidReplaceHistory,
    get status() {
      return runWatcher.status;
    },
    onDidChangeStatus: runWatcher.onDidChangeStatus,
  };
}
