import type { ChartIncrement, ChartQuery } from '../../shared/chartData';
import { catalog } from '../../metrics/catalog';
import { chartRows } from '../../metrics/chartRows';
import type { Session } from '../shared/runWatcher';
import type { ChartFeed } from './chartFeed';

/** A window's session, as charts ask it. */
export function sessionFeed(session: Session, now: () => number): ChartFeed {
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
    query: (query, histograms) => session.chartData(query, histograms),
    choices: (search) => {
      if (search) note(session.chartData(everything, []));
      return { rows: chartRows((id) => measured.has(id)), engines: session.chartEngines };
    },
    onDidAdd: (listener, that, subscriptions) =>
      session.onDidAdd(
        (increment) => {
          note(increment);
          listener.call(that, increment);
        },
        undefined,
        subscriptions,
      ),
    onDidReplace: session.onDidReplace,
    get status() {
      return session.status;
    },
    onDidChangeStatus: session.onDidChangeStatus,
  };
}
