import { strict as assert } from 'node:assert';
import { targetA, targetB, engineOf, newScene, nativeEngine, generation } from './scene';

const tokens = (count: number, running = 1): Record<string, number> => ({
  generation_tokens_total: count,
  num_requests_running: running,
});

describe('subjectKey: engines of servers', () => {
  it('takes each data-parallel rank of a server for an engine', () => {
    const scene = newScene('vllm');
    const both = (one: number, other: number): string => nativeEngine(tokens(one)) + nativeEngine(tokens(other), '1');
    scene.scrape(0, { [targetA]: both(0, 0) });
    const snapshot = scene.scrape(10, { [targetA]: both(100, 200) });
    assert.deepEqual(
      snapshot.engines.map(({ id, name }) => [id, name]),
      [
        [`${targetA} 0`, 'engine 0'],
        [`${targetA} 1`, 'engine 1'],
      ],
    );
    assert.deepEqual(
      [
        generation(engineOf(snapshot, `${targetA} 0`)),
        generation(engineOf(snapshot, `${targetA} 1`)),
        generation(snapshot),
      ],
      [10, 20, 30],
    );
  });

  it('takes the same rank on two servers for two engines', () => {
    assert.equal(
      newScene('vllm').scrape(0, { [targetA]: nativeEngine(tokens(1)), [targetB]: nativeEngine(tokens(2)) }).engines
        .length,
      2,
    );
  });
});
