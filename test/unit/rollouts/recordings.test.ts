/** Rollouts and steps of recorded clusters, compared with the counters in the recorded text. */
import assert from 'node:assert/strict';
import { History } from '../../../src/history/history';
import { RolloutTracker } from '../../../src/rollouts/rolloutTracker';
import type { Rollout } from '../../../src/shared/rollout';
import { loadRecording, type RayRecording } from '../../demonstration/replay/recording';
import { replayRecording } from '../support/replay';

/** By engine and family: the counters of a step, read from the text by a pattern. */
function countersOf(bodies: readonly { bytes: Buffer }[]): Map<string, number> {
  const counters = new Map<string, number>();
  for (const { bytes } of bodies) {
    const pattern = /^ray_vllm_(generation_tokens|prompt_tokens|request_success)_total\{([^}]*)\} (\S+)/gm;
    for (const [, family, labels = '', value] of bytes.toString().matchAll(pattern)) {
      const key = `${family} ${/WorkerId="([^"]+)"/.exec(labels)?.[1]}`;
      counters.set(key, (counters.get(key) ?? 0) + Number(value));
    }
  }
  return counters;
}

/** How far a family advanced over a recording; what is new counts from 0, what is there at first from its value. */
function advancedIn(name: RayRecording, family: string): number {
  const steps = loadRecording(name).steps.map(({ bodies }) => countersOf(bodies));
  const [first, last] = [new Map<string, number>(), new Map<string, number>()];
  steps.forEach((counters, index) => {
    for (const [key, value] of counters) {
      if (!key.startsWith(`${family} `)) continue;
      if (!first.has(key)) first.set(key, index === 0 ? value : 0);
      last.set(key, value);
    }
  });
  return Math.round([...last].reduce((sum, [key, value]) => sum + value - (first.get(key) ?? 0), 0));
}

async function rolloutsOf(name: RayRecording): Promise<readonly Rollout[]> {
  const history = new History();
  const tracker = new RolloutTracker();
  const update = (): ReturnType<RolloutTracker['update']> =>
    tracker.update({ work: history.work, bandsBetween: (from, to) => history.bandHistory.bandsBetween(from, to) });
  await replayRecording(name, {
    trackWork: (reading) => {
      history.addWork(reading);
      return update();
    },
  });
  return update().all;
}

const sum = (rollouts: readonly Rollout[], valueOf: (rollout: Rollout) => number | undefined): number =>
  rollouts.reduce((total, rollout) => total + (valueOf(rollout) ?? 0), 0);

describe('Rollouts of recordings', () => {
  for (const name of ['ray-2.57', 'ray-2.57-speculation'] as const) {
    it(`count every token and request of ${name} once`, async () => {
      const rollouts = (await rolloutsOf(name)).filter(({ kind }) => kind === 'rollout');
      assert.equal(
        sum(rollouts, ({ tokens }) => tokens.output),
        advancedIn(name, 'generation_tokens'),
      );
      assert.equal(
        sum(rollouts, ({ tokens }) => tokens.prompt),
        advancedIn(name, 'prompt_tokens'),
      );
      assert.equal(
        sum(rollouts, ({ requests }) => requests),
        advancedIn(name, 'request_success'),
      );
      assert.ok(sum(rollouts, ({ tokens }) => tokens.output) > 20_000);
    });
  }

  it('of ray-2.57 are two, with the rest between them', async () => {
    const rollouts = (await rolloutsOf('ray-2.57')).filter(({ kind }) => kind === 'rollout');
    const at = Object.fromEntries(loadRecording('ray-2.57').steps.map((step) => [step.name.slice(0, 2), step.at]));
    assert.deepEqual(
      rollouts.map(({ cut, isOpen, engines }) => [cut, isOpen === true, engines]),
      [
        [true, false, 3],
        [true, true, 3],
      ],
      'the first was joined, the second lasts; the killed engine and the one that follows it are never there at once',
    );
    // 05 is the last scrape with load, 07 the second one without; 08 has load again.
    assert.ok((rollouts[0]?.to ?? NaN) > (at['04'] ?? NaN) && (rollouts[0]?.to ?? NaN) < (at['07'] ?? NaN));
    assert.ok((rollouts[1]?.from ?? NaN) > (at['06'] ?? NaN) && (rollouts[1]?.from ?? NaN) < (at['08'] ?? NaN));
  });

  it('of ray-2.57-speculation go on where a scrape came before the next report', async () => {
    const rollouts = (await rolloutsOf('ray-2.57-speculation')).filter(({ kind }) => kind === 'rollout');
    assert.equal(rollouts.length, 1);
    assert.ok((rollouts[0]?.acceptance ?? 0) > 0.99, 'nearly all drafts are accepted');
    assert.equal(rollouts[0]?.idleSeconds, 0);
  });
});
