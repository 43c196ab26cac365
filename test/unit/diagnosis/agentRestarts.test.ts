/** The counters of the only engine of a node fall: who restarted. */
import { strict as assert } from 'node:assert';
import { findingIds, nativeEngine, newScene, rayEngine, targetA, type Samples } from '../metrics/scene';

const samples = (tokens: number): Samples => ({ generation_tokens_total: tokens, num_requests_running: 1 });

describe('the only engine of a node whose counters fall', () => {
  it('shows that its agent restarted, also without actors: a worker that restarts has another id', () => {
    const scene = newScene();
    const body = (tokens: number): Record<string, string> => ({ [targetA]: rayEngine('w1', samples(tokens)) });
    scene.scrape(0, body(5000));
    assert.deepEqual(findingIds(scene.scrape(10, body(40))), ['agent-restarted']);
    assert.deepEqual(findingIds(scene.scrape(20, body(1040))), []);
  });

  it('restarted if it has a server of its own', () => {
    const scene = newScene('vllm');
    const body = (tokens: number): Record<string, string> => ({ [targetA]: nativeEngine(samples(tokens)) });
    scene.scrape(0, body(5000));
    assert.deepEqual(findingIds(scene.scrape(10, body(40))), ['engine-reset']);
  });
});
