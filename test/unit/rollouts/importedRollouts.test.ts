/** Rollouts of an import: times without tokens. */
import assert from 'node:assert/strict';
import { importedRollouts } from '../../../src/rollouts/importedRollouts';
import type { ChartData, ChartSeries } from '../../../src/shared/chartData';
import { atSecond, seconds } from './madeRun';

const times = seconds(0, 300, 10);
const series = (measure: string, engine: string, valueAt: (second: number) => number | null): ChartSeries => ({
  measure,
  engine: { id: engine, name: `engine ${engine}` },
  at: times.map(atSecond),
  value: times.map(valueAt),
});
const data = (bands: ChartData['bands'] = []): ChartData => ({
  series: [
    // On Ray the gauge is missing while an engine has no requests.
    series('num_requests_running', 'a', (second) => (second >= 40 && second < 160 ? 8 : null)),
    series('generation_throughput_tok_s', 'a', (second) => (second >= 40 && second < 160 ? 100 : 0)),
    series('num_requests_running', 'b', (second) => (second >= 40 && second < 100 ? 8 : 0)),
    { measure: 'num_requests_running', at: times.map(atSecond), value: times.map(() => 1) },
  ],
  bands,
  engineCount: 2,
});

describe('importedRollouts', () => {
  it('finds when engines worked; what an export does not have is not known', () => {
    const [rollout, ...others] = importedRollouts(data());
    assert.ok(rollout);
    assert.equal(others.length, 0);
    assert.equal(rollout.cut, false);
    assert.ok(Math.abs(rollout.seconds - 120) <= rollout.uncertainty, `${rollout.seconds} ± ${rollout.uncertainty}`);
    assert.ok(Math.abs((rollout.tailSeconds ?? NaN) - 60) <= 20);
    assert.equal(rollout.lastEngine, 'engine a');
    assert.deepEqual(rollout.tokens, {});
    for (const key of ['requests', 'generationRate', 'imbalance', 'slowestEngine'] as const)
      assert.equal(rollout[key], undefined, key);
  });

  it('finds steps in the bands of phases', () => {
    const phases = ['sync_weights', 'run_training', 'sync_weights', 'run_training', 'sync_weights'];
    const bands = phases.map((label, index) => ({
      kind: 'phase' as const,
      label,
      from: atSecond(20 + index * 50),
      to: atSecond(70 + index * 50),
    }));
    const steps = importedRollouts(data(bands)).filter(({ kind, cut }) => kind === 'step' && !cut);
    assert.equal(steps.length, 2);
    for (const step of steps) assert.ok(Math.abs(step.seconds - 100) <= step.uncertainty);
  });

  it('finds none in an import without engines', () => {
    assert.deepEqual(importedRollouts({ series: [], bands: [], engineCount: 0 }), []);
  });
});
