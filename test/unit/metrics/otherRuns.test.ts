import { strict as assert } from 'node:assert';
import { targetA, actor, newScene, rayEngine } from './scene';

const engine = (worker: string, running: number): string =>
  rayEngine(worker, { num_requests_running: running, generation_tokens_total: running });

describe('engines of another run on the same cluster', () => {
  const body = engine('w1', 3) + engine('w2', 40);

  it('are in no measure and no list, but SkyRL’s values count them', () => {
    const { engines, measures, values } = newScene().scrape(
      0,
      { [targetA]: body },
      { otherWorkers: ['w2'], actors: [actor('w1', 'ALIVE'), actor('w2', 'ALIVE')] },
    );
    assert.deepEqual(
      engines.map(({ id }) => id),
      ['w1'],
    );
    assert.deepEqual([measures['num_requests_running']?.value, measures['num_requests_running']?.of], [3, 1]);
    assert.equal(values['vllm/num_requests_running'], 43);
  });

  it('leave once they are known, while this run’s engines continue', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: body });
    const later = scene.scrape(10, { [targetA]: engine('w1', 103) + engine('w2', 40) }, { otherWorkers: ['w2'] });
    assert.deepEqual(
      later.engines.map(({ id, name }) => [id, name]),
      [['w1', 'engine 0']],
    );
    assert.equal(later.measures['generation_throughput_tok_s']?.value, 10);
  });
});
