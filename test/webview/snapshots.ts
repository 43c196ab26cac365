import type { Engine, Measure, Snapshot } from '../../src/api';
import { History } from '../../src/history/history';
import type { ChartData } from '../../src/shared/chartData';
import { queryAll } from '../unit/history/support';

/** What a test's engines show at one moment: catalog id → value, one list per id with an entry per engine; `undefined` is absent. */
export type EngineValues = Record<string, (number | undefined)[]>;

const sums = ['num_requests_running', 'num_requests_waiting', 'generation_throughput_tok_s', 'prompt_throughput_tok_s'];

function aggregate(id: string, values: readonly (number | undefined)[], to: number): Measure | undefined {
  const there = values
    .flatMap((value, index) => (value === undefined ? [] : [{ engine: `worker-${index}`, value }]))
    .sort((a, b) => a.value - b.value);
  const [lowest, highest] = [there[0], there.at(-1)];
  if (!lowest || !highest) return undefined;
  const value = sums.includes(id) ? there.reduce((sum, entry) => sum + entry.value, 0) : highest.value;
  return { value, to, lowest, highest };
}

/** A snapshot as a scrape at `at` would make it. `names` are the engines' names, else `engine 0`, … */
export function snapshotAt(at: number, shown: EngineValues, names: readonly string[] = []): Snapshot {
  const count = Math.max(0, ...Object.values(shown).map(({ length }) => length));
  const engines: Engine[] = Array.from({ length: count }, (_, index) => ({
    id: `worker-${index}`,
    name: names[index] ?? `engine ${index}`,
    node: '10.0.0.1',
    state: 'active',
    measures: Object.fromEntries(
      Object.entries(shown).flatMap(([id, values]) => {
        const value = values[index];
        return value === undefined ? [] : [[id, { value, to: at }]];
      }),
    ),
  }));
  const measures = Object.fromEntries(
    Object.entries(shown).flatMap(([id, values]) => {
      const measure = aggregate(id, values, at);
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

const sampleEnd = 1_700_000_000_000;
const sampleCache = new Map<string, ChartData>();

/** A run that lives: rising load, one full engine, a while without gauges. Made once, and moved to `now`. */
export function livingRun(now: number, minutes: number, engines: number, names: readonly string[] = []): ChartData {
  const key = JSON.stringify([minutes, engines, names]);
  const run = sampleCache.get(key) ?? runUntil(sampleEnd, minutes, engines, names);
  sampleCache.set(key, run);
  return {
    ...run,
    series: run.series.map((series) => ({ ...series, at: series.at.map((at) => at - sampleEnd + now) })),
  };
}

function runUntil(now: number, minutes: number, engines: number, names: readonly string[]): ChartData {
  const history = new History();
  const steps = minutes * 6;
  for (let step = 0; step <= steps; step++) {
    const still = step > steps * 0.62 && step < steps * 0.68;
    const load = 0.55 + 0.4 * Math.sin((step / steps) * 5) + 0.05 * Math.sin(step * 1.7);
    const perEngine = (shape: (index: number) => number): (number | undefined)[] =>
      Array.from({ length: engines }, (_, index) => (still ? undefined : shape(index)));
    history.add(
      snapshotAt(
        now - (steps - step) * 10_000 - 3_000,
        {
          kv_cache_usage_perc: perEngine((index) =>
            Math.min(
              0.995,
              Math.max(0, load * (0.75 + (0.32 * ((index * 7) % engines)) / engines) + 0.02 * Math.sin(step + index)),
            ),
          ),
          num_requests_running: perEngine((index) => Math.round(load * 32 + 3 * Math.sin(step / 2 + index))),
          num_requests_waiting: perEngine((index) =>
            Math.max(0, Math.round((load - 0.75) * 40 + 2 * Math.cos(step + index))),
          ),
          generation_throughput_tok_s: perEngine((index) => 900 * load + 60 * Math.sin(step + index)),
          ttft_seconds_p50: perEngine((index) => 0.42 + 0.25 * load + 0.04 * Math.sin(step * 0.9 + index)),
          ttft_seconds_p95: perEngine((index) => 1.1 + 1.6 * load * load + 0.1 * Math.sin(step * 0.7 + index)),
          ttft_seconds_p99: perEngine((index) => 1.9 + 3.1 * load * load + 0.3 * Math.sin(step * 0.8 + index)),
          prompt_throughput_tok_s: perEngine((index) => 700 * (1.1 - load) + 40 * Math.cos(step * 1.3 + index)),
        },
        names,
      ),
    );
  }
  return queryAll(history, 0, 16);
}
