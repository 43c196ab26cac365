import { strict as assert } from 'node:assert';
import { targetA, at, newScene, rayEngine } from './scene';

const silent = (worker: string): string => rayEngine(worker, { generation_tokens_total: 1 });

describe('TrainingPhaseTracker', () => {
  const phase = (name: string, value: number): string =>
    `ray_skyrl_training_phase{WorkerId="t",phase="${name}",NodeAddress="192.0.2.2",Version="2.57.0"} ${value}\n`;

  it('keeps a phase until another begins, with its start and last confirmation; if all are 0 there is none', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: phase('run_training', 1) });
    assert.deepEqual(scene.scrape(10, { [targetA]: phase('run_training', 1) }).phase, {
      name: 'run_training',
      since: at(0),
      at: at(10),
    });
    assert.deepEqual(
      scene.scrape(90, { [targetA]: silent('w1') }).phase,
      { name: 'run_training', since: at(0), at: at(10) },
      'the gauge is gone after 20 s, the phase is not',
    );
    assert.deepEqual(scene.scrape(100, { [targetA]: phase('run_training', 0) + phase('sync_weights', 1) }).phase, {
      name: 'sync_weights',
      since: at(100),
      at: at(100),
    });
    assert.equal(
      scene.scrape(110, { [targetA]: phase('run_training', 0) + phase('sync_weights', 0) }).phase,
      undefined,
    );
  });
});
