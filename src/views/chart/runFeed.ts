import type { ChartIncrement, ChartQuery } from '../../shared/chartData';
import { catalog } from '../../metrics/catalog';
import { chartRows } from '../../metrics/chartRows';
import type { RunWatcher } from '../shared/runWatcher';
import type { ChartFeed } from './chartFeed';

/** A window's session, as charts ask it. */
export function createRunFeed(session: RunWatcher, now: () => number): ChartFeed {
  const measured = new Set<string>();
  const note = ({ series }: Pick<ChartIncrement, 'series'>): void => {
    for (const { measure } of series) measured.add(measure);
  };
  const everything: ChartQuery = {
    measures: catalog.map(({ id }) => id),
    engines: 'aggregate',
    from: 0,
    to: Infinity,
    maxPoints: 1,
  };
  return {
    now,
    query: (query, histograms) => session.queryChart(query, histograms),
    choices: (search) => {
      if (search) note(session.queryChart(everything, []));
      return { rows: chartRows((id) => measured.has(id)), engines: session.chartSubjects };
    },
    onDidAdd: (listener, that, subscriptions) =>
      session.onDidAddPoints(
        (increment) => {
          note(increment);
          listener.call(that, increment);
        },
        undefined,
        subscriptions,
      ),
    onDidReplace: session.onDidReplaceHistory,
    get status() {
      return session.status;
    },
    onDidChangeStatus: session.onDidChangeStatus,
  };
}
