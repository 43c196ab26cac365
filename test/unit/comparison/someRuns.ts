/** Runs for the tests of comparisons. */
import type { ComparableRun } from '../../../src/comparison/comparableRun';
import type { KeptConfigEntry } from '../../../src/runs/run';
import { serializeRun } from '../../../src/runs/runDocument';
import type { Comparison } from '../../../src/shared/comparison';
import type { Rollout } from '../../../src/shared/rollout';
import { createRandom } from '../../demonstration/live/random';
import { firstFrom, rolloutsOf } from '../rollouts/someRollouts';

/** A key of a config. */
export const entryOf = (key: string, value: unknown, line?: number): KeptConfigEntry => ({
  key,
  value: JSON.stringify(value) ?? 'null',
  ...(line === undefined ? { isDefault: true as const } : { line }),
});

/** A run with these rollouts; `changes` replace its keys. */
export const runOf = (
  id: string,
  rollouts: readonly Rollout[],
  changes: Partial<ComparableRun> = {},
): ComparableRun => ({
  id,
  name: `run ${id}`,
  kind: 'run',
  from: firstFrom,
  engines: 4,
  models: ['Qwen/Qwen2.5-7B'],
  releases: { skyrl: '0.4.0', ray: '2.57.0', vllm: '0.16.0' },
  config: {
    file: 'train.sh',
    readAt: firstFrom,
    entries: [
      entryOf('generator.inference_engine.num_engines', 4, 3),
      entryOf('generator.inference_engine.max_num_seqs', 256, 7),
      entryOf('generator.inference_engine.gpu_memory_utilization', 0.8),
    ],
  },
  rollouts,
  means: Object.fromEntries(
    rollouts.map(({ id: rollout, seconds }) => [rollout, { kv_cache_usage_perc: 40 / seconds }]),
  ),
  series: [
    {
      measure: 'generation_throughput_tok_s',
      at: rollouts.flatMap(({ from, to }) => [from, (from + to) / 2, to]),
      value: rollouts.flatMap(({ generationRate = 0 }) => [0, generationRate, 0]),
    },
  ],
  ...changes,
});

/** Rollouts whose durations vary around a mean, by seed. */
export function variedRollouts(count: number, seconds: number, seed: number, deviation = 0.05): Rollout[] {
  const random = createRandom(seed);
  return rolloutsOf(count, (index) => {
    const duration = seconds * random.factor(deviation);
    const tokens = Math.round(80_000 * random.factor(0.02));
    return {
      id: `rollout-${seed}-${index}`,
      seconds: duration,
      tokens: { prompt: 20_000, output: tokens },
      generationRate: tokens / duration,
      tailSeconds: duration * 0.2 * random.factor(0.2),
      idleShare: 0.1 * random.factor(0.2),
      imbalance: 1.2 * random.factor(0.02),
      preemptions: Math.floor(3 * random.uniform()),
    };
  });
}

/** The measures of which a difference is claimed. */
export const claimsOf = ({ measures }: Comparison): string[] =>
  measures.filter(({ verdict }) => ['better', 'worse', 'different'].includes(verdict)).map(({ id }) => id);

/** The file of a run as another machine exported it. */
export function runFile({
  id,
  name,
  from,
  engines = 0,
  releases,
  config,
  rollouts,
  means,
  series,
}: ComparableRun): Promise<Buffer> {
  const to = rollouts.at(-1)?.to ?? from;
  return serializeRun({
    run: {
      id,
      name,
      from,
      to,
      origin: 'watched',
      engines,
      releases,
      rollouts: rollouts.length,
      steps: 0,
      keptAt: to,
      processes: [],
      ...(config && { config: config.file }),
    },
    ...(config && { config }),
    rollouts,
    means,
    series,
    bands: [],
  });
}
