/** Engines at first sight. */
import assert from 'node:assert/strict';
import { byActorStart, livingEngineActors } from '../../../src/collector/newEngines';
import type { Actor } from '../../../src/discovery/actors';

const actor = (workerId: string, change: Partial<Actor> = {}): Actor => ({
  workerId,
  className: 'VLLMServerActor',
  state: 'ALIVE',
  ...change,
});

describe('engines at first sight', () => {
  it('are the living engine actors of this run', () => {
    const actors = [
      actor('ours'),
      actor('starting', { state: 'PENDING_CREATION' }),
      actor('dead', { state: 'DEAD' }),
      actor('trainer', { className: 'Trainer' }),
      actor('other'),
    ];
    const living = livingEngineActors(new Map(actors.map((each) => [each.workerId, each])), new Set(['other']));
    assert.deepEqual(
      living.map(({ workerId }) => workerId),
      ['ours', 'starting'],
    );
    assert.deepEqual(livingEngineActors(undefined, new Set()), []);
  });

  it('are sorted by their start; those without a start come last, in their order', () => {
    const engines = [undefined, actor('b', { startedAt: 2 }), actor('c'), actor('a', { startedAt: 1 })].map((each) => ({
      actor: each,
    }));
    assert.deepEqual(
      engines.sort(byActorStart).map((engine) => engine.actor?.workerId),
      ['a', 'b', undefined, 'c'],
    );
  });
});
