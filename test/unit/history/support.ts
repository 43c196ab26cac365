/** Snapshots for tests of the history, and queries of what it has. */
import assert from 'node:assert/strict';
import type { Engine, Measure, Part, Snapshot } from '../../../src/api';
import type { History } from '../../../src/history/history';
import type { ChartData, ChartSeries } from '../../../src/shared/chartData';

/** Time of the first snapshot, Unix ms: the beginning of a minute. */
export const start = 1_760_000_040_000;

type Measures = Record<string, Measure>;

/** A snapshot with these aggregates and engines; `more` replaces other fields. */
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

/** One measure, `kv`. */
export const kv = (to: number, value = 0.5): Measures => ({ kv: { value, to } });

/** Everything in a history from `since` on: the aggregate, then at most `engineLimit` subjects. */
export function queryAll(history: History, since = 0, engineLimit = Infinity): ChartData {
  const measures = [...new Set(history.subjectHistories.flatMap(({ slots }) => [...slots.keys()]))];
  const span = { measures, from: since, to: Infinity };
  const aggregate = history.query({ ...span, engines: 'aggregate' });
  const each = history.query({ ...span, engines: history.subjects.slice(0, engineLimit).map(({ id }) => id) });
  return { ...aggregate, series: [...aggregate.series, ...each.series] };
}

/** The series of a measure and engine, or of the aggregate. Fails if there is none. */
export function findSeries(data: Pick<ChartData, 'series'>, measure: string, engine?: string): ChartSeries {
  const series = data.series.find((one) => one.measure === measure && one.engine?.id === engine);
  assert.ok(series, `${measure} of ${engine ?? 'all'}`);
  return series;
}

/** A GPU with one measure, `gpu_memory`. */
export const gpuPart = (at: number, value: number): Part => ({
  id: 'gpu 10.0.0.1 0',
  kind: 'gpu',
  name: 'GPU 0 on 10.0.0.1',
  node: '10.0.0.1',
  measures: { gpu_memory: { value, to: at } },
});
