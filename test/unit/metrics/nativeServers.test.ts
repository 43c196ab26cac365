import { strict as assert } from 'node:assert';
import { loadRecording } from '../../demonstration/index';
import { targetA, at, targetB, engineOf, findingIds, generation, nativeEngine, newScene, stateOf } from './scene';

const tokens = (count: number, running = 1): Record<string, number> => ({
  generation_tokens_total: count,
  num_requests_running: running,
});

describe('a server’s own metrics', () => {
  it('the recording: windows are the scrapes, rates are the counters’ own', () => {
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

  it('a window of three seconds divides by three: there is no report interval', () => {
    const scene = newScene('vllm');
    scene.scrape(0, { [targetA]: nativeEngine(tokens(0)) });
    const { measures } = scene.scrape(3, { [targetA]: nativeEngine(tokens(300)) });
    assert.deepEqual(
      [measures['generation_throughput_tok_s']?.value, measures['generation_throughput_tok_s']?.from],
      [100, at(0)],
    );
  });

  it('nothing moved is 0 at once', () => {
    const scene = newScene('vllm');
    scene.scrape(0, { [targetA]: nativeEngine(tokens(100, 0)) });
    assert.equal(generation(scene.scrape(3, { [targetA]: nativeEngine(tokens(100, 0)) })), 0);
  });

  it('the timer slides over three scrapes, standing ones too', () => {
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

  it('another process_start_time_seconds is a reset, though every counter is larger than before', () => {
    const scene = newScene('vllm');
    scene.scrape(0, { [targetA]: nativeEngine(tokens(100), '0', 1000) });
    scene.scrape(10, { [targetA]: nativeEngine(tokens(200), '0', 1000) });
    const restarted = scene.scrape(20, { [targetA]: nativeEngine(tokens(5000), '0', 1019) });
    assert.deepEqual([generation(restarted), findingIds(restarted)], [undefined, ['engine-reset']]);
    assert.equal(generation(scene.scrape(30, { [targetA]: nativeEngine(tokens(5500), '0', 1019) })), 50);
  });

  it('data-parallel ranks of one server are engines of their own', () => {
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

  it('the same rank on two servers is two engines', () => {
    assert.equal(
      newScene('vllm').scrape(0, { [targetA]: nativeEngine(tokens(1)), [targetB]: nativeEngine(tokens(2)) }).engines
        .length,
      2,
    );
  });

  it('a server that reports to Ray answers without engine series: said, not an error and not a zero', () => {
    const snapshot = newScene('vllm').scrape(0, {
      [targetA]: 'vllm:sleep_mode_total 0\nprocess_start_time_seconds 1\n',
    });
    assert.deepEqual(
      [snapshot.targets[0]?.state, findingIds(snapshot), snapshot.engines, snapshot.measures],
      ['empty', ['server-without-engine'], [], {}],
    );
  });

  for (const [awake, state] of [
    [1, 'active'],
    [0, 'asleep'],
  ] as const) {
    it(`engine_sleep_state awake=${awake}: ${state}`, () => {
      const snapshot = newScene('vllm').scrape(0, {
        [targetA]: nativeEngine({ ...tokens(1), 'engine_sleep_state{sleep_state="awake"}': awake }),
      });
      assert.equal(stateOf(snapshot, `${targetA} 0`), state);
    });
  }
});
