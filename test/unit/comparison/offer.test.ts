/** The comparison that offers itself after a config change, and where there is nothing to offer. */
import assert from 'node:assert/strict';
import { compareRuns } from '../../../src/comparison/compareRuns';
import { findOffer, offerCandidates, offerOf } from '../../../src/comparison/offer';
import type { KeptRun, RunData } from '../../../src/runs/run';
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
      run('a', 100, 15, [
        [seqs, 256],
        ['trainer.run_name', 'x'],
      ]),
      run('bb', 80, 10, [
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

  it('has no room for a long value, and shows a text without quotes', () => {
    const key = 'trainer.policy.model.path';
    const runs = [run('a', 100, 10, [[key, 'x'.repeat(3000)]]), run('bb', 80, 10, [[key, 'Qwen/<b>']])];
    assert.equal(offerOf(compareRuns(runs))?.label, `path ${'x'.repeat(40)}… → Qwen/<b>`);
  });

  const kept = ({ id, rollouts, config }: ComparableRun, changes: Partial<KeptRun> = {}): KeptRun => ({
    id,
    name: id,
    from: 0,
    to: 0,
    origin: 'watched',
    engines: 1,
    releases: {},
    rollouts: rollouts.length,
    steps: 0,
    ...(config && { config: config.file }),
    ...changes,
  });
  const dataOf = (one: ComparableRun): RunData => ({ ...one, run: kept(one), bands: [] });

  it('passes over runs that were imported, had no config, or failed before they had enough rollouts', () => {
    const many = run('many', 100, 6, []);
    const { config, ...unseen } = kept(many, { id: 'unseen' });
    void config;
    const runs = [
      kept(many, { id: 'import', origin: 'imported' }),
      kept(many, { id: 'new' }),
      unseen,
      kept(many, { id: 'failed', rollouts: 1 }),
      kept(many, { id: 'steps', rollouts: 0, steps: 6 }),
      kept(many, { id: 'old' }),
      kept(many, { id: 'five', rollouts: 5 }),
    ];
    assert.deepEqual(
      offerCandidates(runs).map(({ id }) => id),
      ['new', 'steps', 'old'],
    );
  });

  it('is of the last two runs of which enough rollouts count, whatever is between and after them', async () => {
    const older = run('older', 100, 15, [[seqs, 256]]);
    const newer = run('newer', 80, 10, [[seqs, 512]]);
    const other = run('other', 100, 15, [[seqs, 64]]);
    // As many rollouts, of which most were cut off.
    const cut = run('cut', 50, 10, [[seqs, 1024]]);
    const cutOff = { ...cut, rollouts: cut.rollouts.map((one, index) => ({ ...one, cut: index > 3 })) };
    const runs = new Map([cutOff, newer, older, other].map((one) => [one.id, one]));
    const warnings: string[] = [];
    const find = (ids: readonly string[], opened: readonly string[] = []) =>
      findOffer(
        ids.map((id) => kept(runs.get(id) ?? cut, { id, name: id })),
        {
          library: {
            loadRun: async (id) => {
              const one = runs.get(id);
              if (!one) throw new Error('it is damaged');
              return dataOf(one);
            },
          },
          opened,
          warn: (message) => void warnings.push(message),
        },
      );
    const offer = {
      runs: ['older', 'newer'],
      label: 'max_num_seqs 256 → 512',
      description: 'rollouts 21 % shorter (9 against 14)',
    };
    assert.deepEqual(await find(['newer', 'older', 'other']), offer);
    assert.deepEqual(await find(['newer', 'cut', 'older']), offer);
    assert.deepEqual(await find(['cut', 'newer', 'older']), offer);
    assert.deepEqual(warnings, []);
    assert.deepEqual(await find(['newer', 'damaged', 'older']), offer);
    assert.deepEqual(warnings, ['damaged is not compared: Error: it is damaged']);
    assert.equal(await find(['newer', 'older'], ['newer']), undefined);
    assert.deepEqual(await find(['newer', 'older'], ['older']), offer);
    assert.equal(await find(['newer', 'cut']), undefined);
    assert.equal(await find([]), undefined);
  });
});
