import { strict as assert } from 'node:assert';
import { loadRecording } from '../../demonstration/index';
import { targetA, at, findingIds, newScene, nativeEngine, generation } from './scene';

const tokens = (count: number, running = 1): Record<string, number> => ({
  generation_tokens_total: count,
  num_requests_running: running,
});

describe('rate windows on servers', () => {
  it('takes the time between two scrapes of the recording, and the counters’ own deltas', () => {
    const scene = newScene('vllm');
    const steps = loadRecording('vllm-0.32-native').steps;
    const counts = steps.map(({ bodies }) =>
      Number(/^vllm:generation_tokens_total\{.*\} (\S+)$/m.exec(bodies[0]?.bytes.toString() ?? '')?.[1]),
    );
    const start = steps[0]?.at ?? 0;
    steps.forEach(({ name, at: now, bodies }, index) => {
      const snapshot = scene.scrape((now - start) / 1000, { [targetA]: bodies[0]?.bytes.toString() });
      assert.deepEqual(
        snapshot.engines.map(({ id, node }) => [id, node]),
        [[`${targetA} 0`, '192.0.2.2']],
        name,
      );
      const before = steps[index - 1];
      const expected = before && ((counts[index] ?? NaN) - (counts[index - 1] ?? NaN)) / ((now - before.at) / 1000);
      assert.equal(generation(snapshot)?.toPrecision(7), expected?.toPrecision(7), name);
      assert.equal(snapshot.values['vllm/generation_throughput_tok_s']?.toPrecision(7), expected?.toPrecision(7), name);
      assert.equal(snapshot.engines[0]?.state, name.startsWith('01') ? 'quiet' : 'active', name);
    });
  });

  it('divides by three seconds for a rate window of three seconds: there is no report interval', () => {
    const scene = newScene('vllm');
    scene.scrape(0, { [targetA]: nativeEngine(tokens(0)) });
    const { measures } = scene.scrape(3, { [targetA]: nativeEngine(tokens(300)) });
    assert.deepEqual(
      [measures['generation_throughput_tok_s']?.value, measures['generation_throughput_tok_s']?.from],
      [100, at(0)],
    );
  });

  it('has a rate of 0 at once if nothing moved', () => {
    const scene = newScene('vllm');
    scene.scrape(0, { [targetA]: nativeEngine(tokens(100, 0)) });
    assert.equal(generation(scene.scrape(3, { [targetA]: nativeEngine(tokens(100, 0)) })), 0);
  });

  it('takes rates over three scrapes on the timer, also those without movement', () => {
    const scene = newScene('vllm');
    for (const [second, count] of [
      [0, 0],
      [10, 1000],
      [20, 3000],
      [30, 3000],
    ] as const)
      scene.scrape(second, { [targetA]: nativeEngine(tokens(count)) }, { trigger: 'timer' });
    assert.equal(
      generation(scene.scrape(40, { [targetA]: nativeEngine(tokens(6000)) }, { trigger: 'timer' })),
      5000 / 30,
    );
  });

  it('is reset by another process_start_time_seconds, although every counter is larger than before', () => {
    const scene = newScene('vllm');
    scene.scrape(0, { [targetA]: nativeEngine(tokens(100), '0', 1000) });
    scene.scrape(10, { [targetA]: nativeEngine(tokens(200), '0', 1000) });
    const restarted = scene.scrape(20, { [targetA]: nativeEngine(tokens(5000), '0', 1019) });
    assert.deepEqual([generation(restarted), findingIds(restarted)], [undefined, ['engine-reset']]);
    assert.equal(generation(scene.scrape(30, { [targetA]: nativeEngine(tokens(5500), '0', 1019) })), 50);
  });
});
