/** Findings about rollouts and steps: what reports them, and what is ordinary. */
import assert from 'node:assert/strict';
import type { Finding } from '../../../src/api';
import { Diagnosis } from '../../../src/diagnosis/diagnosis';
import type { Rollout } from '../../../src/shared/rollout';
import { firstFrom, rolloutOf, rolloutsOf } from '../rollouts/someRollouts';

function findingsOf(rollouts: readonly Rollout[], diagnosis = new Diagnosis()): Finding[] {
  return diagnosis.findings({
    now: firstFrom + 120_000 * (rollouts.length + 1),
    engines: [],
    trackedEngines: [],
    parts: [],
    targets: [],
    expectedEngines: undefined,
    measures: {},
    phase: undefined,
    rollouts,
  });
}

const ids = (rollouts: readonly Rollout[]): string[] => findingsOf(rollouts).map(({ id }) => id);

describe('Findings about rollouts', () => {
  it('say nothing of an ordinary run, of none, and where nothing keeps the work', () => {
    assert.deepEqual(ids(rolloutsOf(30)), []);
    assert.deepEqual(ids(rolloutsOf(30, () => ({ kind: 'step' }))), []);
    assert.deepEqual(ids([]), []);
    assert.deepEqual(
      new Diagnosis().findings({
        now: 0,
        engines: [],
        trackedEngines: [],
        parts: [],
        targets: [],
        expectedEngines: undefined,
        measures: {},
        phase: undefined,
      }),
      [],
    );
  });

  describe('that get slower', () => {
    const slower = (seconds: number, changes: Partial<Rollout> = {}): Rollout[] =>
      rolloutsOf(20, (index) => ({ ...(index >= 14 && { seconds, ...changes }) }));

    it('compare the last five with the first ten, and say since when', () => {
      const [finding] = findingsOf(slower(130, { tokens: { output: 140_000 } }));
      assert.equal(finding?.id, 'rollouts-slower');
      assert.equal(finding.severity, 'info');
      assert.match(finding.message, /130 s is the median of the last 5, 80\.0 s that of the first 10/);
      assert.match(finding.message, /140k tok now, 80\.0k tok then/);
      assert.match(finding.advice ?? '', /max_generate_length.*max_num_seqs/);
      assert.equal(finding.since, rolloutOf(14).from);
    });

    it('are found among steps, too', () => {
      const steps = rolloutsOf(20, (index) => ({ kind: 'step', seconds: index >= 14 ? 130 : 80 }));
      const [finding] = findingsOf(steps);
      assert.match(finding?.message ?? '', /^The steps get slower/);
    });

    it('are not a few slow ones, a little, less than the error, a slow beginning, or cut off', () => {
      assert.deepEqual(ids(rolloutsOf(20, (index) => ({ seconds: index >= 18 ? 200 : 80 }))), [], 'two of five');
      assert.deepEqual(ids(slower(95)), []);
      assert.deepEqual(ids(rolloutsOf(20, (index) => ({ uncertainty: 30, seconds: index >= 14 ? 105 : 80 }))), []);
      assert.deepEqual(ids(rolloutsOf(20, (index) => ({ seconds: index < 5 ? 150 : 80 }))), []);
      assert.deepEqual(ids(slower(130, { cut: true })), []);
      assert.deepEqual(ids(rolloutsOf(12, (index) => ({ seconds: index >= 10 ? 200 : 80 }))), [], 'too few');
    });

    it('are not a run whose first rollouts differ as much', () => {
      const wild = rolloutsOf(20, (index) => ({ seconds: index >= 14 ? 130 : index % 2 ? 60 : 140 }));
      assert.deepEqual(ids(wild), []);
    });
  });

  describe('with a long tail', () => {
    const tailed = (tailSeconds: number): Rollout[] => rolloutsOf(6, () => ({ tailSeconds }));

    it('name its share', () => {
      const [finding] = findingsOf(tailed(40));
      assert.equal(finding?.id, 'rollout-tail');
      assert.match(finding.message, /for 50 % of their time/);
      assert.match(finding.advice ?? '', /num_engines.*tensor_parallel_size.*max_staleness_steps/);
      assert.equal(finding.since, firstFrom);
    });

    it('are not a third, a third within the error, two rollouts, or one odd one', () => {
      assert.deepEqual(ids(tailed(26)), []);
      assert.deepEqual(ids(rolloutsOf(6, () => ({ tailSeconds: 30, uncertainty: 20 }))), []);
      assert.deepEqual(ids(rolloutsOf(2, () => ({ tailSeconds: 60 }))), []);
      assert.deepEqual(ids(rolloutsOf(6, (index) => ({ tailSeconds: index === 5 ? 60 : 16 }))), []);
    });

    it('end when rollouts are good again, a little below the limit', () => {
      const diagnosis = new Diagnosis();
      assert.equal(findingsOf(tailed(40), diagnosis).length, 1);
      const between = rolloutsOf(12, () => ({ tailSeconds: 25 }));
      assert.equal(findingsOf(between, diagnosis).length, 1, 'still above four fifths of the limit');
      assert.equal(
        findingsOf(
          rolloutsOf(18, () => ({ tailSeconds: 10 })),
          diagnosis,
        ).length,
        0,
      );
    });
  });

  describe('with idle engines', () => {
    const idle = (changes: Partial<Rollout>): Rollout[] => rolloutsOf(6, () => changes);

    it('name their share without sleep', () => {
      const [finding] = findingsOf(idle({ idleShare: 0.5, idleSeconds: 160 }));
      assert.equal(finding?.id, 'rollout-idle');
      assert.match(finding.message, /idle for 50 % of their time in rollouts/);
      assert.match(finding.advice ?? '', /n_samples_per_prompt/);
    });

    it('are found in steps where there are no rollouts, with the words of asynchronous training', () => {
      const [finding] = findingsOf(idle({ kind: 'step', idleShare: 0.5, idleSeconds: 160 }));
      assert.match(finding?.message ?? '', /in steps/);
      assert.match(finding?.advice ?? '', /max_staleness_steps/);
    });

    it('are not engines that sleep while the trainer has the GPUs', () => {
      assert.deepEqual(ids(idle({ idleShare: 0.5, idleSeconds: 160, asleepSeconds: 120 })), []);
    });

    it('are not known where nothing says how long they were idle', () => {
      const unknown = rolloutsOf(6).map(({ idleShare: _, ...rest }) => rest);
      assert.deepEqual(ids(unknown), []);
    });
  });

  describe('with long weight syncs', () => {
    const synced = (sync: number, seconds = 80): Rollout[] =>
      rolloutsOf(6, () => ({ kind: 'step', seconds, phases: { sync_weights: sync, run_training: seconds - sync } }));

    it('name their share of the steps', () => {
      const [finding] = findingsOf(synced(32));
      assert.equal(finding?.id, 'weight-sync-long');
      assert.match(finding.message, /take 40 % of the steps/);
      assert.match(finding.advice ?? '', /weight_sync_backend/);
    });

    it('are not a fifth, nor what short steps cannot tell', () => {
      assert.deepEqual(ids(synced(15)), []);
      assert.deepEqual(
        ids(rolloutsOf(6, () => ({ kind: 'step', seconds: 40, uncertainty: 20, phases: { sync_weights: 14 } }))),
        [],
      );
      assert.deepEqual(ids(rolloutsOf(6)), [], 'no phases');
    });
  });
});
