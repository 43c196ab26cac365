/** Runs of the demonstration's engines, compared: a known change of their speed is found, and nothing where there is none. */
import assert from 'node:assert/strict';
import type { ComparableRun } from '../../../src/comparison/comparableRun';
import { compareRuns } from '../../../src/comparison/compareRuns';
import { meansOverRollouts } from '../../../src/comparison/meansOverRollouts';
import { catalog } from '../../../src/metrics/catalog';
import type { Comparison, MeasureRow } from '../../../src/shared/comparison';
import type { Scenario } from '../../demonstration/live/scenario';
import { watchDemo } from '../rollouts/demoRun';
import { claimsOf, entryOf, runOf } from './someRuns';

/** What a run is of. Shorter rollouts cost less time; those of known ends to within a part of their length need longer ones. */
interface RunOptions {
  seed: number;
  rollouts: number;
  /** In which requests arrive. */
  busySeconds: number;
  /** Factor of the requests in that time. */
  speed?: number;
  maxNumSeqs?: number;
}

/** Engines need so long for their last requests, and then rest. */
const restSeconds = 60;

/** Two engines that work, and rest until the next rollout. */
const scenario = (cycleSeconds: number, busySeconds: number, speed: number): Scenario => ({
  nodes: 1,
  stepMs: 250,
  cycleSeconds,
  headStartSeconds: 0,
  engines: [0, 1].map(() => ({ node: 0, arrivals: 3 * speed, slowness: 1, speculation: false })),
  phases: [[0, 'wait_for_generation_buffer']],
  demand: [
    [0, 0],
    [10, 1],
    [10 + busySeconds, 1],
    [11 + busySeconds, 0],
    [cycleSeconds, 0],
  ],
  events: [],
});

/** A run of the engines, with the key that was changed. */
async function watchedRun(
  id: string,
  { seed, rollouts, busySeconds, speed = 1, maxNumSeqs = 256 }: RunOptions,
): Promise<ComparableRun> {
  const cycleSeconds = busySeconds + 10 + restSeconds;
  const seconds = Array.from({ length: (rollouts * cycleSeconds) / 10 }, (_, index) => index * 10 + 1.3);
  const watch = await watchDemo({ seconds, seed, scenario: scenario(cycleSeconds, busySeconds, speed) });
  const found = watch.rollouts().all.filter(({ kind }) => kind === 'rollout');
  const measures = catalog.map((row) => row.id);
  const { series } = watch.history.query({ measures, engines: 'aggregate', from: -Infinity, to: Infinity });
  return runOf(id, found, {
    config: {
      file: 'train.sh',
      readAt: 0,
      entries: [entryOf('generator.inference_engine.max_num_seqs', maxNumSeqs, 4)],
    },
    means: meansOverRollouts(series, found),
    series,
  });
}

const rowOf = ({ measures }: Comparison, id: string): MeasureRow =>
  measures.find((row) => row.id === id) ?? assert.fail(id);

describe('Comparison of runs of the demonstration', function () {
  this.timeout(120_000);

  it('finds a known change of speed, with its sign and its size', async () => {
    const factor = 1.6;
    const long = { rollouts: 9, busySeconds: 90 };
    const before = await watchedRun('before', { ...long, seed: 1 });
    const after = await watchedRun('after', { ...long, seed: 2, speed: factor, maxNumSeqs: 512 });
    const comparison = compareRuns([before, after]);
    assert.deepEqual(
      comparison.config.map(({ key, state, cells }) => [key, state, ...cells.map((cell) => cell?.value)]),
      [['generator.inference_engine.max_num_seqs', 'different', '256', '512']],
    );
    const changeOf = (id: string): number => rowOf(comparison, id).change ?? NaN;
    assert.ok(Math.abs(changeOf('requests') - 100 * (factor - 1)) < 8, `requests: ${changeOf('requests')} %`);
    assert.equal(rowOf(comparison, 'requests').verdict, 'different');
    // More requests share the engines' steps, so that they take longer: the rate does not rise by the whole factor.
    const expected = 100 * ((1 + changeOf('output_tokens') / 100) / (1 + changeOf('seconds') / 100) - 1);
    assert.ok(expected > 25 && Math.abs(changeOf('generation_rate') - expected) < 12, `${expected} %`);
    assert.equal(rowOf(comparison, 'generation_rate').verdict, 'better');
    assert.match(comparison.notes.join('\n'), /do not have the same work/);
    const back = rowOf(compareRuns([after, before]), 'generation_rate');
    assert.ok(Math.abs((back.change ?? NaN) - 100 * (1 / (1 + changeOf('generation_rate') / 100) - 1)) < 1e-9);
    assert.equal(back.verdict, 'worse');
  });

  it('makes at most one false claim with twenty seeds that do not differ', async () => {
    const runs: ComparableRun[] = [];
    for (let seed = 10; seed < 31; seed++)
      runs.push(await watchedRun(`seed ${seed}`, { seed, rollouts: 7, busySeconds: 20 }));
    const claims = runs.slice(1).map((run, index) => claimsOf(compareRuns([runs[index] ?? run, run])));
    assert.equal(claims.length, 20);
    assert.ok(claims.filter(({ length }) => length > 0).length <= 1, JSON.stringify(claims));
  });
});
