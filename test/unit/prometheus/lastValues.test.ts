/** Values that are set once, from a Prometheus: how long they are remembered. */
import assert from 'node:assert/strict';
import {
  forgetEngines,
  forgetSleep,
  newLastValues,
  sleepingEngines,
  updateLastValues,
} from '../../../src/prometheus/lastValues';
import { catalogIndex } from '../support/catalogIndex';

const context = { at: 1000, rangeMs: 500, targetUrls: new Map<string, string>() };

/** Two engines that sleep, with their cache configs. */
function newValues() {
  const lastValues = newLastValues();
  const items = (value: number) =>
    ['w1', 'w2'].map((WorkerId) => ({ labels: { WorkerId, num_gpu_blocks: '7' }, at: 1000, value }));
  updateLastValues(
    catalogIndex,
    lastValues,
    {
      itemsById: new Map([
        ['now engines_awake', items(0)],
        ['now config', items(1)],
      ]),
      failures: [],
      warnings: [],
      queryCount: 2,
      sampleCount: 4,
      bytes: 0,
    },
    context,
  );
  return lastValues;
}

describe('values that are set once, from a Prometheus', () => {
  it('are forgotten with the engine', () => {
    const lastValues = newValues();
    forgetEngines(lastValues, ['w1']);
    assert.deepEqual([...sleepingEngines(lastValues)], ['w2']);
    assert.deepEqual([...lastValues.configs.keys()], ['w2']);
    for (const [row, bySubject] of lastValues.measures) assert.ok(!bySubject.has('w1'), row);
  });

  it('are kept of an engine that moves, but not that it sleeps', () => {
    const lastValues = newValues();
    forgetSleep(catalogIndex, lastValues, ['w1']);
    assert.deepEqual([...sleepingEngines(lastValues)], ['w2']);
    assert.deepEqual([...lastValues.configs.keys()], ['w1', 'w2']);
  });
});
