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
});
