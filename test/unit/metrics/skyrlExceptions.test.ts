import { strict as assert } from 'node:assert';
import { targetA, at, targetB, newScene, rayEngine } from './scene';

/** What SkyRL makes of sums of sums; ours differs from it in these cases, each for the reason in its name. */
const tokens = (worker: string, count: number, more: Record<string, number> = {}): string =>
  rayEngine(worker, { generation_tokens_total: count, num_requests_running: 1, ...more });
const rate = 'vllm/generation_throughput_tok_s';

describe('values: where SkyRL’s sums of sums are wrong and ours differ', () => {
  it('partial reset, sum falls: SkyRL drops the key, ours leaves the fallen engine out', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000) + tokens('w2', 5000) });
    assert.equal(scene.scrape(10, { [targetA]: tokens('w1', 2000) + tokens('w2', 100) }).values[rate], 100);
  });

  it('partial reset, sum still rises: SkyRL understates (110), ours gives the other engine’s 600', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000) + tokens('w2', 5000) });
    assert.equal(scene.scrape(10, { [targetA]: tokens('w1', 7000) + tokens('w2', 100) }).values[rate], 600);
  });

  it('partial reset: one fallen counter takes the whole engine out, also the counters that did not fall', () => {
    const scene = newScene();
    scene.scrape(0, {
      [targetA]: tokens('w1', 1000, { prompt_tokens_total: 10 }) + tokens('w2', 5000, { prompt_tokens_total: 10 }),
    });
    const { values } = scene.scrape(10, {
      [targetA]: tokens('w1', 2000, { prompt_tokens_total: 110 }) + tokens('w2', 100, { prompt_tokens_total: 1010 }),
    });
    assert.equal(values['vllm/prompt_throughput_tok_s'], 10);
  });

  it('lost target: SkyRL drops the key, ours goes on with the others', () => {
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

  it('target back after one failure: its kept samples and its own time, where SkyRL counts two steps as one', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000), [targetB]: tokens('w2', 5000) });
    scene.scrape(10, { [targetA]: tokens('w1', 2000), [targetB]: undefined });
    const { values, window } = scene.scrape(20, { [targetA]: tokens('w1', 3000), [targetB]: tokens('w2', 6000) });
    assert.equal(values[rate], 1000 / 10 + 1000 / 20);
    assert.deepEqual(window, { from: at(0), to: at(20) });
  });

  it('target back after two failures: nothing in that step, where SkyRL counts its life; then it goes on', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000), [targetB]: tokens('w2', 5000) });
    for (const second of [10, 20])
      scene.scrape(second, { [targetA]: tokens('w1', 1000 + 100 * second), [targetB]: undefined });
    assert.equal(scene.scrape(30, { [targetA]: tokens('w1', 4000), [targetB]: tokens('w2', 9000) }).values[rate], 100);
    assert.equal(scene.scrape(40, { [targetA]: tokens('w1', 5000), [targetB]: tokens('w2', 9500) }).values[rate], 150);
  });

  it('target that answers for the first time in the second step: its life is no step’s work', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000), [targetB]: undefined });
    assert.equal(scene.scrape(10, { [targetA]: tokens('w1', 2000), [targetB]: tokens('w2', 1e6) }).values[rate], 100);
    assert.equal(
      scene.scrape(20, { [targetA]: tokens('w1', 3000), [targetB]: tokens('w2', 1e6 + 500) }).values[rate],
      150,
    );
  });

  it('engine whose lines come back: it goes on, where SkyRL counts its life again', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000) + tokens('w2', 5000) });
    scene.scrape(10, { [targetA]: tokens('w1', 2000) });
    assert.equal(scene.scrape(20, { [targetA]: tokens('w1', 3000) + tokens('w2', 5100) }).values[rate], 100);
    assert.equal(scene.scrape(30, { [targetA]: tokens('w1', 4000) + tokens('w2', 5200) }).values[rate], 110);
  });

  it('an engine that goes to another target does not bring its life along', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000) + tokens('w2', 5000), [targetB]: tokens('w3', 1) });
    assert.equal(
      scene.scrape(10, { [targetA]: tokens('w1', 2000), [targetB]: tokens('w3', 1) + tokens('w2', 5100) }).values[rate],
      100,
    );
  });
});

describe('values: what is no exception', () => {
  it('an engine never met before counts from 0, as in SkyRL’s sum', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000) });
    assert.equal(scene.scrape(10, { [targetA]: tokens('w1', 2000) + tokens('w2', 500) }).values[rate], 150);
  });

  it('a family met before nowhere has no rate yet, as in SkyRL', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rayEngine('w1', { num_requests_running: 1 }) });
    assert.equal(scene.scrape(10, { [targetA]: tokens('w1', 2000) }).values[rate], undefined);
  });

  it('all engines reset at once: no key, as in SkyRL, and no negative rate', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: tokens('w1', 1000) });
    assert.equal(scene.scrape(10, { [targetA]: tokens('w1', 10) }).values[rate], undefined);
    assert.equal(scene.scrape(20, { [targetA]: tokens('w1', 510) }).values[rate], 50);
  });

  it('float noise of Ray 2.51 (7442 becomes 7441.999999999998) is no reset and no movement', () => {
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

  it('what is not finite is not there', () => {
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
