/** The engines that a Prometheus knows. */
import assert from 'node:assert/strict';
import type { Actor } from '../../../src/discovery/actors';
import { noActivity } from '../../../src/prometheus/engineActivity';
import { EngineTracker, type EngineObservation } from '../../../src/prometheus/engineTracker';

describe('the engines that a Prometheus knows', () => {
  it('have their process once the dashboard answers, and keep it', () => {
    const tracker = new EngineTracker();
    const scrapedEngines = new Map([['w', { key: 'w', labels: { WorkerId: 'w' }, at: 0 }]]);
    const common: EngineObservation = {
      ...noActivity,
      answered: true,
      at: 0,
      scrapedEngines,
      otherWorkers: new Set(),
      activityRangeMs: 30_000,
      intervalMs: 10_000,
      actors: undefined,
      names: new Map(),
    };
    const actor: Actor = { workerId: 'w', className: 'VLLMServerActor', state: 'ALIVE', pid: 7 };
    const pids = [undefined, new Map([['w', actor]]), undefined].map(
      (actors) => tracker.update({ ...common, actors })[0]?.pid,
    );
    assert.deepEqual(pids, [undefined, 7, 7]);
  });

  it('stay dead or gone while the dashboard misses an answer, and start for no longer than five minutes', () => {
    const tracker = new EngineTracker();
    const scrapedEngines = new Map([['died', { key: 'died', labels: { WorkerId: 'died' }, at: 0 }]]);
    const actors = (...listed: [string, string][]): Map<string, Actor> =>
      new Map(listed.map(([workerId, state]) => [workerId, { workerId, className: 'VLLMServerActor', state }]));
    const states = (
      [
        [0, actors(['died', 'DEAD'], ['left', 'ALIVE'], ['new', 'ALIVE'])],
        [10, actors(['died', 'DEAD'], ['new', 'ALIVE'])],
        [20, undefined],
        [300, undefined],
      ] as [number, Map<string, Actor> | undefined][]
    ).map(([second, listed]) => {
      const observation = { ...noActivity, answered: true, at: second * 1000, scrapedEngines, actors: listed };
      const common = { otherWorkers: new Set<string>(), activityRangeMs: 30_000, intervalMs: 10_000, names: new Map() };
      return Object.fromEntries(tracker.update({ ...observation, ...common }).map(({ id, state }) => [id, state]));
    });
    assert.deepEqual(states, [
      { died: 'dead', left: 'starting', new: 'starting' },
      { died: 'dead', left: 'gone', new: 'starting' },
      { died: 'dead', left: 'gone', new: 'starting' },
      { died: 'dead', left: 'gone', new: 'silent' },
    ]);
  });
});
