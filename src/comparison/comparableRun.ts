/** What can be compared: a kept run, one of its rollouts, a generation record or an import, in one shape. */
import type { GenerationRecord } from '../generation/generationRecord';
import { importedRollouts } from '../rollouts/importedRollouts';
import type { KeptConfig, RunData } from '../runs/run';
import type { ChartData, ChartSeries } from '../shared/chartData';
import type { ComparedSide } from '../shared/comparison';
import { formatLocalTime } from '../shared/format';
import type { Rollout } from '../shared/rollout';
import { meansOverRollouts } from './meansOverRollouts';

/** A side of a comparison with its data. */
export interface ComparableRun extends ComparedSide {
  config?: KeptConfig;
  /** Oldest first. */
  rollouts: readonly Rollout[];
  /** As `RunData.means`. */
  means: RunData['means'];
  series: readonly ChartSeries[];
}

/** A kept run. */
export const fromRun = ({ run, config, rollouts, means, series }: RunData): ComparableRun => {
  const { id, name, from, isOpen, engines, gpus, nodes, models, releases, origin } = run;
  return {
    id,
    name,
    kind: origin === 'imported' ? 'import' : 'run',
    from,
    ...(isOpen && { isOpen }),
    ...(engines > 0 && { engines }),
    ...(gpus !== undefined && { gpus }),
    ...(nodes !== undefined && { nodes }),
    ...(models && { models }),
    releases,
    ...(config && { config }),
    rollouts,
    means,
    series,
  };
};

const within = (series: readonly ChartSeries[], { from, to }: Rollout): ChartSeries[] =>
  series.flatMap((one) => {
    const rows = one.at.flatMap((at, index) => (at >= from && at <= to ? [index] : []));
    const pick = (column: readonly (number | null)[]): (number | null)[] => rows.map((row) => column[row] ?? null);
    return rows.length === 0 ? [] : [{ ...one, at: rows.map((row) => one.at[row] ?? 0), value: pick(one.value) }];
  });

/** One rollout or step of a run. */
export function fromRollout(rollout: Rollout, run: ComparableRun): ComparableRun {
  const title = rollout.kind === 'rollout' ? 'Rollout' : 'Step';
  const { isOpen, ...rest } = run;
  void isOpen;
  return {
    ...rest,
    id: rollout.id,
    name: `${title} of ${formatLocalTime(rollout.from)}`,
    kind: 'rollout',
    from: rollout.from,
    ...(rollout.isOpen && { isOpen: rollout.isOpen }),
    ...(rollout.engines > 0 && { engines: rollout.engines }),
    rollouts: [rollout],
    means: Object.hasOwn(run.means, rollout.id) ? { [rollout.id]: run.means[rollout.id] ?? {} } : {},
    series: within(run.series, rollout),
  };
}

/** The engines' own config of a record, in the shape of a config that was read. */
function recordConfig({ to, event }: GenerationRecord): KeptConfig | undefined {
  const entries = Object.entries(event.engine_runtime_config).map(([key, value]) => ({
    key,
    value: JSON.stringify(value) ?? 'null',
  }));
  return entries.length === 0 ? undefined : { file: 'as the engines had it', readAt: to, entries };
}

/** A generation record: one generation, with the engines' own config. */
export function fromRecord(record: GenerationRecord): ComparableRun {
  const { id, from, to, event, engines, tokens, kvCache } = record;
  const seconds = (to - from) / 1000;
  const config = recordConfig(record);
  const models = [...new Set(engines.flatMap(({ model }) => model ?? []))].sort();
  const rollout: Rollout = {
    id,
    kind: 'rollout',
    from,
    to,
    seconds,
    uncertainty: 0,
    cut: record.endedBy === 'cut off',
    engines: engines.length,
    tokens: {
      ...(tokens.prompt !== null && { prompt: tokens.prompt }),
      ...(tokens.generated !== null && { output: tokens.generated }),
    },
    ...(tokens.generated !== null && seconds > 0 && { generationRate: tokens.generated / seconds }),
    ...(kvCache.highest && { kvPeak: kvCache.highest.value }),
    ...(event.prefix_cache_hit_rate !== null && { hitRate: event.prefix_cache_hit_rate }),
    ...(event.spec_accept_rate !== null && { acceptance: event.spec_accept_rate }),
  };
  return {
    id,
    name: `Record of ${formatLocalTime(from)}`,
    kind: 'record',
    from,
    ...(engines.length > 0 && { engines: engines.length }),
    ...(models.length > 0 && { models }),
    releases: {},
    ...(config && { config }),
    rollouts: [rollout],
    means: {},
    series: [],
  };
}

/** An import that the chart shows. An export has no config and no releases. */
export function fromImport(data: ChartData, id: string, name: string): ComparableRun {
  const rollouts = importedRollouts(data);
  const series = data.series.filter(({ engine }) => !engine);
  const times = data.series.flatMap(({ at }) => at[0] ?? []);
  return {
    id,
    name,
    kind: 'import',
    from: rollouts[0]?.from ?? (times.length > 0 ? Math.min(...times) : 0),
    ...(data.engineCount > 0 && { engines: data.engineCount }),
    releases: {},
    rollouts,
    means: meansOverRollouts(series, rollouts),
    series,
  };
}

/** The mean of a measure over a rollout; undefined if it is not known. */
export function meanIn({ means }: ComparableRun, { id }: Rollout, measure: string): number | undefined {
  const ofRollout = Object.hasOwn(means, id) ? means[id] : undefined;
  return ofRollout && Object.hasOwn(ofRollout, measure) ? ofRollout[measure] : undefined;
}
