/** The comparison that offers itself after a config change, and where there is nothing to offer. */
import assert from 'node:assert/strict';
import { compareRuns } from '../../../src/comparison/compareRuns';
import { newestPair, offerOf } from '../../../src/comparison/offer';
import type { KeptRun } from '../../../src/runs/run';
import type { ComparableRun } from '../../../src/comparison/comparableRun';
import { entryOf, runOf, variedRollouts } from './someRuns';

const run = (
  id: string,
  seconds: number,
  count: number,
  entries: readonly (readonly [string, unknown])[],
): ComparableRun =>
  runOf(id, variedRollouts(count, seconds, id.length), {
    config: { file: 'train.sh', readAt: 0, entries: entries.map(([key, value]) => entryOf(key, value, 1)) },
  });
const seqs = 'generator.inference_engine.max_num_seqs';

describe('The offer of a comparison', () => {
  it('names the key that changed, and what it did', () => {
    const runs = [
      run('a', 100, 10, [
        [seqs, 256],
        ['trainer.run_name', 'x'],
      ]),
      run('bb', 80, 15, [
        [seqs, 512],
        ['trainer.run_name', 'y'],
      ]),
    ];
    assert.deepEqual(offerOf(compareRuns(runs)), {
      label: 'max_num_seqs 256 → 512',
      description: 'rollouts 20 % shorter (9 against 14)',
    });
  });

  it('claims nothing that is not shown, and counts the other keys', () => {
    const runs = [
      run('a', 100, 10, [
        [seqs, 256],
        ['a.b', 1],
      ]),
      run('bb', 100, 10, [
        [seqs, 512],
        ['a.b', 2],
      ]),
    ];
    assert.deepEqual(offerOf(compareRuns(runs)), {
      label: 'max_num_seqs 256 → 512 and 1 more key',
      description: 'rollouts are not shown to be longer or shorter (9 against 9)',
    });
  });

  it('is none without a changed key, with too few rollouts, or if only a name changed', () => {
    const named = [run('a', 100, 10, [['trainer.run_name', 'x']]), run('bb', 50, 10, [['trainer.run_name', 'y']])];
    assert.equal(offerOf(compareRuns(named)), undefined);
    const few = [run('a', 100, 10, [[seqs, 256]]), run('bb', 50, 5, [[seqs, 512]])];
    assert.equal(offerOf(compareRuns(few)), undefined);
  });

  it('is of the newest two runs that were watched here with a config', () => {
    const kept = (id: string, changes: Partial<KeptRun>): KeptRun => ({
      id,
      name: id,
      from: 0,
      to: 0,
      origin: 'watched',
      engines: 1,
      releases: {},
      rollouts: 0,
      steps: 0,
      config: 'train.sh',
      ...changes,
    });
    const { config, ...unseen } = kept('3', {});
    void config;
    const runs = [kept('5', { origin: 'imported' }), kept('4', {}), unseen, kept('2', {}), kept('1', {})];
    assert.deepEqual(
      newestPair(runs)?.map(({ id }) => id),
      ['2', '4'],
    );
    assert.equal(newestPair(runs.slice(0, 3)), undefined);
  });
});
