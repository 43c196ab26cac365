import assert from 'node:assert/strict';
import type { Engine, Measure, Snapshot } from '../../../src/api';
import type { History } from '../../../src/history/history';
import type { ChartData, ChartSeries } from '../../../src/shared/chartData';

export const start = 1_760_000_040_000;

type Measures = Record<string, Measure>;

/** A snapshot with these aggregates and engines; `more` replaces what it has besides. */
export function snapshot(
  at: number,
  measures: Measures,
  engines: Record<string, Measures> = {},
  more: Partial<Snapshot> = {},
): Snapshot {
  const listed: Engine[] = Object.entries(engines).map(([id, own], index) => ({
    id,
    name: `engine ${index}`,
    node: '',
    state: 'active',
    measures: own,
  }));
  return {
    at,
    window: undefined,
    trigger: 'timer',
    values: {},
    measures,
    sinceStart: {},
    engines: listed,
    targets: [],
    findings: [],
    ...more,
  };
}

export const kv = (to: number, value = 0.5): Measures => ({ kv: { value, to } });

/** All that a history has from `since` on: aggregates, then at most so many engines. */
export function queryAll(history: History, since = 0, engineLimit = Infinity): ChartData {
  const measures = [...new Set(history.subjectHistories.flatMap((owner) => [...owner.slots.keys()]))];
  const span = { measures, from: since, to: Infinity };
  const aggregate = history.query({ ...span, engines: 'aggregate' });
  const each = history.query({ ...span, engines: history.subjects.slice(0, engineLimit).map(({ id }) => id) });
  return { ...aggregate, series: [...aggregate.series, ...each.series] };
}

export function findSeries(data: Pick<ChartData, 'series'>, measure: string, engine?: string): ChartSeries {
  const series = data.series.find((one) => one.measure === measure && one.engine?.id === engine);
  assert.ok(series, `${measure} of ${engine ?? 'all'}`);
  return series;
}
