/** The series of a run, made by the product's own history from snapshots. */
import type { Engine, Measure, Snapshot } from '../../src/api';
import { History } from '../../src/history/history';
import type { ChartData } from '../../src/shared/chartData';
import { queryAll } from '../unit/history/support';

/** A value per engine by catalog ID; undefined is not measured. */
type EngineValues = Record<string, (number | undefined)[]>;

/** The aggregate of these metrics is a sum; that of the others is the highest value. */
const sums = ['num_requests_running', 'num_requests_waiting', 'generation_throughput_tok_s', 'prompt_throughput_tok_s'];

function aggregate(id: string, values: readonly (number | undefined)[], to: number): Measure | undefined {
  const measured = values
    .flatMap((value, index) => (value === undefined ? [] : [{ engine: `worker-${index}`, value }]))
    .sort((a, b) => a.value - b.value);
  const [lowest, highest] = [measured[0], measured.at(-1)];
  if (!lowest || !highest) return undefined;
  const value = sums.includes(id) ? measured.reduce((sum, entry) => sum + entry.value, 0) : highest.value;
  return { value, to, lowest, highest };
}

/** The snapshot of a scrape. Engines without a name in `names` are `engine 0`, `engine 1`, … */
function snapshotAt(at: number, values: EngineValues, names: readonly string[]): Snapshot {
  const engineCount = Math.max(0, ...Object.values(values).map(({ length }) => length));
  const engines: Engine[] = Array.from({ length: engineCount }, (_, index) => ({
    id: `worker-${index}`,
    name: names[index] ?? `engine ${index}`,
    node: '10.0.0.1',
    state: 'active',
    measures: Object.fromEntries(
      Object.entries(values).flatMap(([id, byEngine]) => {
        const value = byEngine[index];
        return value === undefined ? [] : [[id, { value, to: at }]];
      }),
    ),
  }));
  const measures = Object.fromEntries(
    Object.entries(values).flatMap(([id, byEngine]) => {
      const measure = aggregate(id, byEngine, at);
      return measure ? [[id, measure]] : [];
    }),
  );
  return {
    at,
    window: undefined,
    trigger: 'timer',
    values: {},
    measures,
    sinceStart: {},
    engines,
    targets: [],
    findings: [],
  };
}

const cachedRunEnd = 1_700_000_000_000;
const cachedRuns = new Map<string, ChartData>();

/** A run that ends now: load that rises and falls, one full engine, and a time in which nothing was measured. */
export function runSeries(now: number, minutes: number, engines: number, names: readonly string[] = []): ChartData {
  // Made once, then only moved to `now`.
  const key = JSON.stringify([minutes, engines, names]);
  const run = cachedRuns.get(key) ?? createRun(cachedRunEnd, minutes, engines, names);
  cachedRuns.set(key, run);
  return {
    ...run,
    series: run.series.map((series) => ({ ...series, at: series.at.map((at) => at - cachedRunEnd + now) })),
  };
}

function createRun(end: number, minutes: number, engines: number, names: readonly string[]): ChartData {
  const history = new History();
  const steps = minutes * 6;
  for (let step = 0; step <= steps; step++) {
    const isGap = step > steps * 0.62 && step < steps * 0.68;
    const values = engineValues(step, steps, engines);
    if (isGap) for (const id of Object.keys(values)) values[id] = Array.from({ length: engines }, () => undefined);
    history.add(snapshotAt(end - (steps - step) * 10_000 - 3_000, values, names));
  }
  return queryAll(history, 0, 16);
}

function engineValues(step: number, steps: number, engines: number): EngineValues {
  const load = 0.55 + 0.4 * Math.sin((step / steps) * 5) + 0.05 * Math.sin(step * 1.7);
  const perEngine = (valueOf: (index: number) => number): number[] =>
    Array.from({ length: engines }, (_, index) => valueOf(index));
  return {
    kv_cache_usage_perc: perEngine((index) => {
      const usage = load * (0.75 + (0.32 * ((index * 7) % engines)) / engines) + 0.02 * Math.sin(step + index);
      return Math.min(0.995, Math.max(0, usage));
    }),
    num_requests_running: perEngine((index) => Math.round(load * 32 + 3 * Math.sin(step / 2 + index))),
    num_requests_waiting: perEngine((index) =>
      Math.max(0, Math.round((load - 0.75) * 40 + 2 * Math.cos(step + index))),
    ),
    generation_throughput_tok_s: perEngine((index) => 900 * load + 60 * Math.sin(step + index)),
    ttft_seconds_p50: perEngine((index) => 0.42 + 0.25 * load + 0.04 * Math.sin(step * 0.9 + index)),
    ttft_seconds_p95: perEngine((index) => 1.1 + 1.6 * load * load + 0.1 * Math.sin(step * 0.7 + index)),
    ttft_seconds_p99: perEngine((index) => 1.9 + 3.1 * load * load + 0.3 * Math.sin(step * 0.8 + index)),
    prompt_throughput_tok_s: perEngine((index) => 700 * (1.1 - load) + 40 * Math.cos(step * 1.3 + index)),
  };
}
