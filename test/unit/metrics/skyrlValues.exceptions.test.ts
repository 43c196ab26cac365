import { strict as assert } from 'node:assert';
import { targetA, targetB, at, newScene, rayEngine } from './scene';

/** An engine with this many output tokens. */
const tokens = (worker: string, count: number, more: Record<string, number> = {}): string =>
  rayEngine(worker, { generation_tokens_total: count, num_requests_running: 1, ...more });

const rate = 'vllm/generation_throughput_tok_s';

describe('skyrlValues: where SkyRL’s sums of sums are wrong', () => {
  it('leaves an engine out that was reset, where SkyRL’s sum falls and it drops the key', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000) + tokens('w2', 5000) });
    assert.equal(scene.scrape(10, { [targetA]: tokens('w1', 2000) + tokens('w2', 100) }).values[rate], 100);
  });

  it('has the other engine’s 600 tokens/s if one was reset, where SkyRL’s sum understates it as 110', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000) + tokens('w2', 5000) });
    assert.equal(scene.scrape(10, { [targetA]: tokens('w1', 7000) + tokens('w2', 100) }).values[rate], 600);
  });

  it('has no rate over a time that went back, where SkyRL divides by a nanosecond', () => {
    const scene = newScene();
    scene.scrape(3600, { [targetA]: tokens('w1', 1000) });
    assert.equal(rate in scene.scrape(10, { [targetA]: tokens('w1', 2000) }).values, false);
    assert.equal(scene.scrape(20, { [targetA]: tokens('w1', 3000) }).values[rate], 100);
  });

  it('leaves all counters of an engine out if one of them fell', () => {
    const scene = newScene();
    scene.scrape(0, {
      [targetA]: tokens('w1', 1000, { prompt_tokens_total: 10 }) + tokens('w2', 5000, { prompt_tokens_total: 10 }),
    });
    const { values } = scene.scrape(10, {
      [targetA]: tokens('w1', 2000, { prompt_tokens_total: 110 }) + tokens('w2', 100, { prompt_tokens_total: 1010 }),
    });
    assert.equal(values['vllm/prompt_throughput_tok_s'], 10);
  });

  it('continues without a target that does not answer, where SkyRL drops the key', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000), [targetB]: tokens('w2', 5000) });
    const { values, targets } = scene.scrape(10, { [targetA]: tokens('w1', 2000), [targetB]: undefined });
    assert.deepEqual([values[rate], values['vllm/num_requests_running']], [100, 1]);
    assert.deepEqual(
      targets.map(({ state, error }) => [state, error]),
      [
        ['ok', undefined],
        ['failed', 'connection refused'],
      ],
    );
  });

  it('uses the kept samples and their time after one failure, where SkyRL counts two steps as one', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000), [targetB]: tokens('w2', 5000) });
    scene.scrape(10, { [targetA]: tokens('w1', 2000), [targetB]: undefined });
    const { values, window } = scene.scrape(20, { [targetA]: tokens('w1', 3000), [targetB]: tokens('w2', 6000) });
    assert.equal(values[rate], 1000 / 10 + 1000 / 20);
    assert.deepEqual(window, { from: at(0), to: at(20) });
  });

  it('leaves a target out after two failures for one step, where SkyRL counts all it ever did', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000), [targetB]: tokens('w2', 5000) });
    for (const second of [10, 20])
      scene.scrape(second, { [targetA]: tokens('w1', 1000 + 100 * second), [targetB]: undefined });
    assert.equal(scene.scrape(30, { [targetA]: tokens('w1', 4000), [targetB]: tokens('w2', 9000) }).values[rate], 100);
    assert.equal(scene.scrape(40, { [targetA]: tokens('w1', 5000), [targetB]: tokens('w2', 9500) }).values[rate], 150);
  });

  it('leaves a target out in its first step, where SkyRL counts all it ever did', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000), [targetB]: undefined });
    assert.equal(scene.scrape(10, { [targetA]: tokens('w1', 2000), [targetB]: tokens('w2', 1e6) }).values[rate], 100);
    assert.equal(
      scene.scrape(20, { [targetA]: tokens('w1', 3000), [targetB]: tokens('w2', 1e6 + 500) }).values[rate],
      150,
    );
  });

  it('continues an engine whose series come back, where SkyRL counts all it ever did again', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000) + tokens('w2', 5000) });
    scene.scrape(10, { [targetA]: tokens('w1', 2000) });
    assert.equal(scene.scrape(20, { [targetA]: tokens('w1', 3000) + tokens('w2', 5100) }).values[rate], 100);
    assert.equal(scene.scrape(30, { [targetA]: tokens('w1', 4000) + tokens('w2', 5200) }).values[rate], 110);
  });

  it('does not count all that an engine ever did when it moves to another target', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000) + tokens('w2', 5000), [targetB]: tokens('w3', 1) });
    assert.equal(
      scene.scrape(10, { [targetA]: tokens('w1', 2000), [targetB]: tokens('w3', 1) + tokens('w2', 5100) }).values[rate],
      100,
    );
  });
});

describe('skyrlValues: where they are the same', () => {
  it('counts a new engine from 0', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000) });
    assert.equal(scene.scrape(10, { [targetA]: tokens('w1', 2000) + tokens('w2', 500) }).values[rate], 150);
  });

  it('has no rate of a family that no engine had before', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rayEngine('w1', { num_requests_running: 1 }) });
    assert.equal(scene.scrape(10, { [targetA]: tokens('w1', 2000) }).values[rate], undefined);
  });

  it('has no rate if all engines were reset', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000) });
    assert.equal(scene.scrape(10, { [targetA]: tokens('w1', 10) }).values[rate], undefined);
    assert.equal(scene.scrape(20, { [targetA]: tokens('w1', 510) }).values[rate], 50);
  });

  it('takes the float noise of Ray 2.51 (7441.999999999998 for 7442) neither for a reset nor for a movement', () => {
    const scene = newScene();
    const count = (value: string): string =>
      rayEngine('w1', { generation_tokens_total: value, prompt_tokens_total: 100 }) + tokens('w2', 5000);
    scene.scrape(0, { [targetA]: count('7442') });
    const { values } = scene.scrape(10, {
      [targetA]:
        rayEngine('w1', { generation_tokens_total: '7441.999999999998', prompt_tokens_total: 200 }) +
        tokens('w2', 6000),
    });
    assert.equal(values[rate], 100);
    assert.equal(values['vllm/prompt_throughput_tok_s'], 10);
  });

  it('ignores samples that are not finite', () => {
    const scene = newScene();
    scene.scrape(0, {
      [targetA]:
        rayEngine('w1', { num_requests_running: 'NaN', kv_cache_usage_perc: '+Inf', generation_tokens_total: 'NaN' }) +
        tokens('w2', 0),
    });
    const { values } = scene.scrape(10, {
      [targetA]: rayEngine('w1', { num_requests_running: 'NaN', generation_tokens_total: 100 }) + tokens('w2', 100),
    });
    assert.deepEqual(values, { 'vllm/num_requests_running': 1, [rate]: 20 });
  });
});
