/** Comparisons of runs: which rollouts count, what differs, what is claimed, and what is said first. */
import assert from 'node:assert/strict';
import type { ComparableRun } from '../../../src/comparison/comparableRun';
import { fromRollout } from '../../../src/comparison/comparableRun';
import { compareRuns } from '../../../src/comparison/compareRuns';
import { catalog } from '../../../src/metrics/catalog';
import type { Comparison, MeasureRow } from '../../../src/shared/comparison';
import { rolloutFigures } from '../../../src/shared/rolloutFigures';
import { rolloutOf, rolloutsOf } from '../rollouts/someRollouts';
import { claimsOf, entryOf, runOf, variedRollouts } from './someRuns';

const rowOf = ({ measures }: Comparison, id: string): MeasureRow =>
  measures.find((row) => row.id === id) ?? assert.fail(`no measure ${id}`);
describe('Comparison of runs', () => {
  const slow = runOf('slow', variedRollouts(10, 100, 1));
  const fast = runOf('fast', variedRollouts(15, 88, 2), {
    config: {
      file: 'jobs/train.sh',
      readAt: 0,
      entries: [
        entryOf('generator.inference_engine.num_engines', 4, 3),
        entryOf('generator.inference_engine.max_num_seqs', 512, 9),
        entryOf('generator.inference_engine.gpu_memory_utilization', 0.8),
      ],
    },
  });

  it('finds the size and the sign of a difference, and which extreme is the bad one', () => {
    const comparison = compareRuns([slow, fast]);
    const seconds = rowOf(comparison, 'seconds');
    assert.equal(seconds.verdict, 'better');
    assert.ok(Math.abs((seconds.change ?? NaN) + 12) < 4, `${seconds.change} %`);
    assert.deepEqual(
      seconds.spread.map((spread) => spread?.count),
      [9, 14],
    );
    const [first = NaN, second = NaN] = seconds.medians.map((median) => median ?? NaN);
    assert.ok(
      Math.abs((seconds.change ?? NaN) - (100 * (second - first)) / first) < 1e-9,
      'the change is that of the medians',
    );
    assert.equal(rowOf(comparison, 'generation_rate').verdict, 'better');
    assert.ok((rowOf(comparison, 'generation_rate').change ?? NaN) > 0);
    // Of the KV cache, high is the bad extreme.
    assert.equal(rowOf(comparison, 'kv_cache_usage_perc').verdict, 'worse');
    const back = rowOf(compareRuns([fast, slow]), 'seconds');
    assert.equal(back.verdict, 'worse');
    assert.ok((back.change ?? NaN) > 0);
  });

  it('tells what differs in the configs, with file and line, and folds what is equal', () => {
    const { config } = compareRuns([slow, fast]);
    assert.deepEqual(
      config.map(({ key, state }) => [key.split('.').at(-1), state]),
      [
        ['num_engines', 'equal'],
        ['max_num_seqs', 'different'],
        ['gpu_memory_utilization', 'equal'],
      ],
    );
    assert.deepEqual(config[1]?.cells, [
      { value: '256', from: 'train.sh:7' },
      { value: '512', from: 'jobs/train.sh:9' },
    ]);
    assert.deepEqual(config[2]?.cells[0], { value: '0.8', from: 'default', isDefault: true });
  });

  it('does not say that a value differs that is not known, and says that one is missing', () => {
    const key = 'generator.inference_engine.max_num_seqs';
    const unknown = { ...entryOf(key, '${oc.env:SEQS}', 7), unknownBecause: 'SEQS is not set here' };
    const config = { file: 'a.yaml', readAt: 0, entries: [unknown] };
    const rows = compareRuns([slow, runOf('b', slow.rollouts, { config })]).config;
    const secret = { ...config, entries: [entryOf('trainer.token', '••••••', 2)] };
    const [masked] = compareRuns(['a', 'b'].map((id) => runOf(id, slow.rollouts, { config: secret }))).config;
    assert.equal(masked?.state, 'unknown', 'two secrets look the same and may differ');
    assert.equal(rows.find((row) => row.key === key)?.state, 'unknown');
    const engines = rows.find((row) => row.key.endsWith('num_engines'));
    assert.deepEqual([engines?.state, engines?.cells[1]], ['different', null]);
  });

  it('leaves out the warm-up and what was cut off, and says so', () => {
    const rollouts = [
      rolloutOf(0, { seconds: 500 }),
      ...rolloutsOf(8, (index) => ({ seconds: 100 + index, cut: index === 7 })).slice(1),
    ];
    const comparison = compareRuns([runOf('a', rollouts), runOf('b', rollouts.slice(0, 7))]);
    assert.deepEqual(
      comparison.runs.map(({ counted, leftOut }) => [counted, leftOut]),
      [
        [6, { warmUp: 1, cut: 1 }],
        [6, { warmUp: 1, cut: 0 }],
      ],
    );
    assert.deepEqual(rowOf(comparison, 'seconds').medians, [103.5, 103.5]);
    assert.match(
      comparison.rules.join('\n'),
      /6 against 6 rollouts.*\n.*first rollout of each run, as its warm-up.*\n.*1 rollout whose/,
    );
  });

  it('claims nothing under five rollouts each, of values that are all the same, or of one run only', () => {
    const few = compareRuns([runOf('a', variedRollouts(5, 100, 1)), runOf('b', variedRollouts(9, 50, 2))]);
    assert.equal(rowOf(few, 'seconds').verdict, 'not enough rollouts');
    assert.ok((rowOf(few, 'seconds').change ?? NaN) < -40, 'the change is told all the same');
    assert.equal(rowOf(few, 'seconds').differences[0]?.p, null);
    assert.match(few.notes.join('\n'), /Not enough rollouts for a claim: 4 against 8\. It takes 5 of each run\./);
    const same = compareRuns([runOf('a', rolloutsOf(9)), runOf('b', rolloutsOf(9))]);
    assert.equal(rowOf(same, 'seconds').verdict, 'within spread');
    const without = compareRuns([slow, { ...fast, means: {} }]);
    const kv = rowOf(without, 'kv_cache_usage_perc');
    assert.deepEqual([kv.verdict, kv.medians[1], kv.change], ['not comparable', null, null]);
    assert.equal(without.measures.at(-1)?.id, 'kv_cache_usage_perc', 'what is not common comes last');
  });

  it('claims nothing of a run with one rollout only, which is taken although it is the warm-up', () => {
    const one = runOf('one', variedRollouts(1, 20, 3));
    for (const runs of [
      [one, slow],
      [slow, one],
      [one, runOf('other', variedRollouts(1, 100, 4))],
    ]) {
      const comparison = compareRuns(runs);
      assert.deepEqual(claimsOf(comparison), []);
      assert.equal(rowOf(comparison, 'seconds').verdict, 'not enough rollouts');
      assert.equal(comparison.runs.find(({ id }) => id === 'one')?.counted, 1);
      assert.match(comparison.notes.join('\n'), /Not enough rollouts for a claim/);
    }
  });

  it('can show the duration with five rollouts each, however many measures there are', () => {
    const means = (rollouts: ComparableRun['rollouts'], seed: number): ComparableRun['means'] =>
      Object.fromEntries(
        rollouts.map(({ id }, index) => [
          id,
          Object.fromEntries(catalog.map((row, at) => [row.id, 1 + ((index * 7 + at * seed) % 11)])),
        ]),
      );
    const [first, second] = [variedRollouts(6, 100, 1), variedRollouts(6, 70, 2)];
    const comparison = compareRuns([
      runOf('a', first, { means: means(first, 3) }),
      runOf('b', second, { means: means(second, 5) }),
    ]);
    assert.ok(comparison.measures.length > 100);
    assert.equal(rowOf(comparison, 'seconds').verdict, 'better');
  });

  it('says first what is not like for like', () => {
    const other = runOf('b', fast.rollouts, {
      engines: 8,
      gpus: 8,
      models: ['<b>Llama</b>'],
      releases: { skyrl: '0.4.0', ray: '2.57.0', vllm: '0.17.0' },
    });
    const [note] = compareRuns([{ ...slow, gpus: 4 }, other]).notes;
    assert.equal(
      note,
      'Not like for like: 4 engines against 8 engines; 4 GPUs against 8 GPUs; model Qwen/Qwen2.5-7B against model <b>Llama</b>; vLLM 0.16.0 against vLLM 0.17.0.',
    );
    assert.deepEqual(compareRuns([slow, fast]).notes, []);
    const { engines, ...unknown } = fast;
    void engines;
    assert.deepEqual(compareRuns([slow, unknown]).notes, [], 'what is not known differs from nothing');
  });

  it('says that the work differs, or that one run is much longer', () => {
    const shorter = runOf(
      'b',
      variedRollouts(30, 70, 3).map((rollout) => ({ ...rollout, tokens: { output: 50_000 + rollout.seconds } })),
    );
    const notes = compareRuns([slow, shorter]).notes.join('\n');
    assert.match(notes, /29 rollouts against 9/);
    assert.match(notes, /do not have the same work: output tokens differ/);
  });

  it('has words for a run in progress, a config that was never seen, and a run without rollouts', () => {
    const { config, ...unseen } = fast;
    void config;
    const notes = compareRuns([{ ...slow, isOpen: true }, unseen]).notes.join('\n');
    assert.match(notes, /The config of run fast was never seen, so its keys are not compared\./);
    assert.match(notes, /run slow is in progress/);
    const empty = compareRuns([slow, runOf('empty', [])]);
    assert.match(
      empty.notes.join('\n'),
      /run empty: no whole rollout was seen\.\nThe runs have no measure in common\./,
    );
    assert.equal(rowOf(empty, 'seconds').verdict, 'not comparable');
    assert.deepEqual(compareRuns([runOf('x', []), runOf('y', [])]).measures, []);
  });

  it('compares steps where a run has no rollouts, as fully asynchronous training', () => {
    const steps = rolloutsOf(9, (index) => ({ kind: 'step', seconds: 100 + index }));
    const comparison = compareRuns([runOf('a', steps), runOf('b', [...steps, ...rolloutsOf(2)])]);
    assert.equal(comparison.unit, 'step');
    assert.ok(comparison.measures.some(({ id }) => id === 'weight_sync_share'));
    assert.ok(!comparison.measures.some(({ id }) => id === 'tail_seconds'));
  });

  it('does not depend on clocks that differ', () => {
    const hours = 5 * 3_600_000;
    const moved = {
      ...fast,
      from: fast.from - hours,
      rollouts: fast.rollouts.map((rollout) => ({ ...rollout, from: rollout.from - hours, to: rollout.to - hours })),
    };
    assert.deepEqual(compareRuns([slow, moved]).measures, compareRuns([slow, fast]).measures);
  });

  it('compares up to four with the first one', () => {
    const runs = [slow, fast, runOf('third', variedRollouts(12, 130, 5)), runOf('fourth', variedRollouts(12, 100, 6))];
    const { differences, verdict, change, medians } = rowOf(compareRuns(runs), 'seconds');
    assert.deepEqual(
      differences.map((one) => [one.run, one.verdict]),
      [
        ['fast', 'better'],
        ['third', 'worse'],
        ['fourth', 'within spread'],
      ],
    );
    assert.equal(medians.length, 4);
    assert.deepEqual([verdict, change], ['within spread', differences[2]?.change]);
  });

  it('takes single rollouts as they are, without a warm-up', () => {
    const [first, second] = slow.rollouts;
    const comparison = compareRuns([first, second].map((rollout) => fromRollout(rollout ?? assert.fail(), slow)));
    assert.deepEqual(
      comparison.runs.map(({ kind, counted, leftOut }) => [kind, counted, leftOut.warmUp]),
      [
        ['rollout', 1, 0],
        ['rollout', 1, 0],
      ],
    );
    assert.deepEqual(rowOf(comparison, 'seconds').medians, [first?.seconds, second?.seconds]);
    assert.equal(rowOf(comparison, 'kv_cache_usage_perc').verdict, 'not enough rollouts');
    assert.ok(comparison.config.every(({ state }) => state === 'equal'));
  });

  it('has measures whose ids are told apart', () => {
    const ids = [...rolloutFigures.map(({ id }) => id), ...catalog.map(({ id }) => id)];
    assert.equal(new Set(ids).size, ids.length);
  });

  it('makes a false claim of any measure in at most 5 % of comparisons of runs that do not differ', () => {
    const comparisons = 200;
    const claims = Array.from({ length: comparisons }, (_, index) => {
      const [first, second] = [12, 9].map((count, side) => variedRollouts(count, 100, 2 * index + side));
      return claimsOf(compareRuns([runOf('a', first ?? []), runOf('b', second ?? [])])).length;
    });
    const wrong = claims.filter((count) => count > 0).length;
    assert.ok(wrong <= 0.05 * comparisons, `${wrong} of ${comparisons}`);
    assert.ok(wrong > 0, 'a test that never claims would not tell anything');
  });
});
