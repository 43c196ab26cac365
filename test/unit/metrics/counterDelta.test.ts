/** What counts as a movement, a restart, or the rounding of floats. */
import { strict as assert } from 'node:assert';
import { findingIds, generation, nativeEngine, newScene, rayEngine, targetA } from './scene';

describe('the difference of a counter', () => {
  for (const size of [1e4, 1e10, 1e12, 2 ** 53 - 1e6, 2 ** 53])
    it(`of ${size} tokens is counted`, () => {
      const scene = newScene('vllm');
      const body = (tokens: number): string => nativeEngine({ generation_tokens_total: size + tokens });
      scene.scrape(0, { [targetA]: body(0) });
      assert.equal(generation(scene.scrape(10, { [targetA]: body(1000) })), 100);
      assert.equal(generation(scene.scrape(20, { [targetA]: body(1080) })), 8);
    });

  it('is rounding if a sum of floats is a little smaller: no restart, and no movement', () => {
    const scene = newScene();
    const body = (tokens: number): string => rayEngine('w1', { generation_tokens_total: tokens });
    scene.scrape(0, { [targetA]: body(6442) });
    const moved = scene.scrape(10, { [targetA]: body(7442) });
    const rounded = scene.scrape(20, { [targetA]: body(7441.999999999998) });
    assert.deepEqual([generation(moved), generation(rounded)], [100, 100]);
    assert.equal(rounded.engines[0]?.movedAt, moved.engines[0]?.movedAt);
  });

  it('is a restart if it fell by one token, however large it is', () => {
    const scene = newScene('vllm');
    const body = (tokens: number): string => nativeEngine({ generation_tokens_total: tokens });
    scene.scrape(0, { [targetA]: body(1e12) });
    assert.equal(generation(scene.scrape(10, { [targetA]: body(1e12 - 1) })), undefined);
  });

  it('counts a series from 0 that comes back after everything was reset, as with a restarted agent', () => {
    const scene = newScene();
    const body = (tokens: number, preemptions?: number): string =>
      rayEngine('w1', {
        generation_tokens_total: tokens,
        prompt_tokens_total: tokens,
        ...(preemptions !== undefined && { num_preemptions_total: preemptions }),
      });
    const rate = (second: number, text: string): number | undefined =>
      scene.scrape(second, { [targetA]: text }).measures['preemptions_s']?.value;
    rate(0, body(1000, 5));
    assert.equal(rate(10, body(2000, 15)), 1);
    assert.equal(rate(20, body(100)), undefined, 'the reset');
    assert.equal(rate(30, body(200, 20)), 2, 'counted from 0');
  });

  it('does not count a series from 0 that was only missing', () => {
    const scene = newScene();
    const body = (tokens: number, preemptions?: number): string =>
      rayEngine('w1', {
        generation_tokens_total: tokens,
        ...(preemptions !== undefined && { num_preemptions_total: preemptions }),
      });
    scene.scrape(0, { [targetA]: body(1000, 5) });
    scene.scrape(10, { [targetA]: body(2000) });
    const { measures } = scene.scrape(20, { [targetA]: body(3000, 25) });
    assert.notEqual(measures['preemptions_s']?.value, 2.5);
  });

  describe('of a counter that is infinite', () => {
    const scrapes = (prompt: (second: number) => string | number) => {
      const scene = newScene();
      const body = (second: number): string =>
        rayEngine('w1', { generation_tokens_total: 100, prompt_tokens_total: prompt(second), num_requests_running: 4 });
      return Array.from({ length: 10 }, (_, index) => 10 * index).map((second) =>
        scene.scrape(second, { [targetA]: body(second) }),
      );
    };
    const found = (snapshots: ReturnType<typeof scrapes>) => findingIds(snapshots.at(-1) ?? assert.fail());

    it('does not say that an engine stands still', () => {
      assert.deepEqual(found(scrapes(() => 100)), ['not-moving'], 'where all can be read');
      assert.deepEqual(found(scrapes(() => '+Inf')), []);
    });

    it('is no restart where it becomes infinite or finite again', () => {
      for (const value of ['+Inf', '-Inf'])
        assert.deepEqual(
          scrapes((second) => (second === 30 ? value : 100 + second)).flatMap((snapshot) => findingIds(snapshot)),
          [],
          value,
        );
    });
  });
});
