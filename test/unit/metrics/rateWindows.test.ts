import { strict as assert } from 'node:assert';
import {
  targetA,
  at,
  engineOf,
  factsIn,
  findingIds,
  newScene,
  rayEngine,
  stateOf,
  measureOf,
  generation,
} from './scene';

const rate = 'generation_throughput_tok_s';

describe('rate windows on Ray', () => {
  const busy = (tokens: number, running = 2): string =>
    rayEngine('w1', { num_requests_running: running, generation_tokens_total: tokens });

  it('has no rate in the first scrape, and one over the time between in the second', () => {
    const scene = newScene();
    assert.equal(generation(scene.scrape(0, { [targetA]: busy(1000) })), undefined);
    const { measures } = scene.scrape(10, { [targetA]: busy(2000) });
    assert.equal(measures[rate]?.value, 100);
    assert.deepEqual([measures[rate]?.from, measures[rate]?.to], [at(0), at(10)]);
  });

  it('takes rates over three rate windows on the timer, over the last one on command', () => {
    const counts = [0, 1000, 3000, 6000, 10_000];
    for (const [trigger, expected, from] of [
      ['api', [100, 200, 300, 400], 30],
      ['timer', [100, 150, 200, 300], 10],
    ] as const) {
      const scene = newScene();
      const snapshots = counts.map((count, index) =>
        scene.scrape(10 * index, { [targetA]: busy(500 + count) }, { trigger }),
      );
      assert.deepEqual(snapshots.slice(1).map(generation), expected, trigger);
      assert.equal(snapshots.at(-1)?.measures[rate]?.from, at(from));
    }
  });

  it('closes no rate window within one report: the rate is that of the whole report', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: busy(1000) });
    for (const second of [2, 4, 6])
      assert.equal(generation(scene.scrape(second, { [targetA]: busy(1000) })), undefined);
    assert.equal(generation(scene.scrape(8, { [targetA]: busy(2000) })), 100);
    assert.equal(generation(scene.scrape(10, { [targetA]: busy(2000) })), 100);
    assert.equal(generation(scene.scrape(12, { [targetA]: busy(2000) })), 100);
    assert.equal(generation(scene.scrape(18, { [targetA]: busy(3500) })), 150);
  });

  it('has a rate of 0 after two report intervals without movement and without a gauge, not before', () => {
    const scene = newScene();
    const idle = rayEngine('w1', { generation_tokens_total: 2000 });
    scene.scrape(0, { [targetA]: rayEngine('w1', { generation_tokens_total: 1000 }) });
    scene.scrape(10, { [targetA]: idle });
    assert.equal(generation(scene.scrape(20, { [targetA]: idle })), 100);
    const { measures } = scene.scrape(30, { [targetA]: idle });
    assert.deepEqual([measures[rate]?.value, measures[rate]?.to], [0, at(30)]);
  });

  it('has a rate of 0 as soon as a gauge of 0 comes without movement, and the next rate is not diluted', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: busy(1000) });
    assert.equal(generation(scene.scrape(10, { [targetA]: busy(2000, 0) })), 100, 'it moved in this report');
    const ended = scene.scrape(12, { [targetA]: busy(2000, 0) }, { trigger: 'timer' });
    assert.deepEqual([ended.measures[rate]?.value, ended.measures[rate]?.to], [0, at(12)]);
    assert.deepEqual(factsIn(ended), []);
    scene.scrape(20, { [targetA]: busy(2000, 0) });
    assert.equal(generation(scene.scrape(30, { [targetA]: busy(3500) })), 150);
  });

  it('keeps the rate while one of two ranks has requests, and ends it with the last one', () => {
    const ranks = (tokens: number, first: number, second: number): string =>
      [first, second]
        .map((running, engine) =>
          rayEngine('w1', { generation_tokens_total: tokens, num_requests_running: running }, { engine: `${engine}` }),
        )
        .join('');
    const scene = newScene();
    scene.scrape(0, { [targetA]: ranks(1000, 1, 1) });
    scene.scrape(10, { [targetA]: ranks(2000, 1, 1) });
    assert.equal(generation(scene.scrape(14, { [targetA]: ranks(2000, 0, 1) })), 200);
    assert.equal(generation(scene.scrape(18, { [targetA]: ranks(2000, 0, 0) })), 0);
  });

  it('has a rate of 0 measured anew with each gauge of 0', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: busy(1000) });
    scene.scrape(10, { [targetA]: busy(2000) });
    const { measures, findings } = scene.scrape(30, { [targetA]: busy(2000, 0) });
    assert.deepEqual([measures[rate]?.value, measures[rate]?.to], [0, at(30)]);
    assert.deepEqual(factsIn({ findings }), []);
    assert.equal(
      scene.scrape(40, { [targetA]: busy(2000, 0) }).measures[rate]?.to,
      at(40),
      'a rate of 0 is measured anew each time',
    );
  });

  it('has no rate but a finding after two report intervals without movement with requests running', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: busy(1000) });
    scene.scrape(10, { [targetA]: busy(2000) });
    assert.deepEqual(findingIds(scene.scrape(20, { [targetA]: busy(2000) })), []);
    const stuck = scene.scrape(30, { [targetA]: busy(2000) });
    assert.equal(generation(stuck), undefined);
    assert.deepEqual(
      factsIn(stuck).map(({ id, severity, engine }) => [id, severity, engine]),
      [['not-moving', 'warning', 'w1']],
    );
    assert.match(factsIn(stuck)[0]?.message ?? '', /engine 0 has not moved for 20 s/);
    assert.equal(stateOf(stuck, 'w1'), 'active');
    const moves = scene.scrape(40, { [targetA]: busy(2300) });
    assert.deepEqual(
      [findingIds(moves), generation(moves)],
      [[], 10],
      'the standstill is part of the rate window that ends it',
    );
  });

  it('does not dilute a rate by the time in which its counters were missing', () => {
    const asleep = rayEngine('w1', { num_requests_running: 0 });
    const [restarted, halfWritten] = [newScene(), newScene()];
    restarted.scrape(0, { [targetA]: busy(9000) });
    // The agent began anew, and shows no counter before the engine counts again.
    restarted.scrape(10, { [targetA]: asleep });
    assert.equal(generation(restarted.scrape(20, { [targetA]: busy(100) })), undefined);
    const { measures } = restarted.scrape(30, { [targetA]: busy(2100) }, { trigger: 'timer' });
    assert.deepEqual([measures[rate]?.value, measures[rate]?.from], [200, at(20)]);
    for (const [second, tokens] of [1000, 2000, undefined, 4000].entries())
      halfWritten.scrape(10 * second, { [targetA]: tokens === undefined ? asleep : busy(tokens) });
    assert.equal(generation(halfWritten.scrape(40, { [targetA]: busy(5500) })), 150);
  });

  it('takes waiting requests for work, too', () => {
    const scene = newScene();
    const waiting = rayEngine('w1', {
      num_requests_running: 0,
      num_requests_waiting: 5,
      generation_tokens_total: 1000,
    });
    for (const second of [0, 10, 20, 30, 40, 50])
      assert.deepEqual(findingIds(scene.scrape(second, { [targetA]: waiting })), [], 'it may report seldom');
    assert.deepEqual(findingIds(scene.scrape(60, { [targetA]: waiting })), ['not-moving']);
  });

  it('does not dilute the rate after a pause', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: busy(1000) });
    scene.scrape(10, { [targetA]: busy(2000) });
    for (const second of [20, 30, 40]) scene.scrape(second, { [targetA]: busy(2000, 0) });
    assert.equal(generation(scene.scrape(50, { [targetA]: busy(3000) })), 100);
    assert.equal(
      generation(scene.scrape(60, { [targetA]: busy(4000) }, { trigger: 'timer' })),
      100,
      'the rate window without movement is not averaged in',
    );
  });

  it('has no rate but a finding after a reset, and the next rate window begins there', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: busy(1000) });
    scene.scrape(10, { [targetA]: busy(2000) });
    const reset = scene.scrape(20, { [targetA]: busy(300) });
    assert.deepEqual([generation(reset), findingIds(reset)], [undefined, ['agent-restarted']]);
    const after = scene.scrape(30, { [targetA]: busy(800) });
    assert.deepEqual([generation(after), findingIds(after)], [50, []]);
  });

  it('does not take a reset between two reports for a standstill', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: busy(1000) });
    scene.scrape(10, { [targetA]: busy(2000) });
    scene.scrape(25, { [targetA]: busy(300) });
    assert.deepEqual(findingIds(scene.scrape(31, { [targetA]: busy(300) })), ['agent-restarted']);
  });

  it('does not take a minute without a response for a standstill', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: busy(1000) });
    scene.scrape(10, { [targetA]: busy(2000) });
    for (const second of [20, 30, 40, 50, 60]) scene.scrape(second, { [targetA]: undefined });
    scene.scrape(70, { [targetA]: busy(8000) });
    const soon = scene.scrape(72, { [targetA]: busy(8000) });
    assert.deepEqual([findingIds(soon), generation(soon)], [[], undefined]);
    assert.equal(generation(scene.scrape(80, { [targetA]: busy(9000) })), 100);
  });

  it('has ratios but no rate for a new engine’s first report, which covers an unknown time', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: busy(1000) });
    const newEngine = rayEngine('w2', {
      generation_tokens_total: 400,
      prefix_cache_hits_total: 30,
      prefix_cache_queries_total: 40,
    });
    const { engines } = scene.scrape(10, { [targetA]: busy(2000) + newEngine });
    assert.equal(generation(engines[1]), undefined);
    assert.equal(engines[1]?.measures['prefix_cache_hit_rate']?.value, 0.75);
    assert.equal(
      generation(engineOf(scene.scrape(20, { [targetA]: busy(3000) + newEngine.replace('} 400\n', '} 900\n') }), 'w2')),
      50,
    );
  });

  it('restarts if the clock goes back: no negative rate, no finding', () => {
    const scene = newScene();
    scene.scrape(100, { [targetA]: busy(1000) });
    scene.scrape(110, { [targetA]: busy(2000) });
    const back = scene.scrape(50, { [targetA]: busy(3000) });
    assert.deepEqual([measureOf(back, 'generation_throughput_tok_s'), back.findings], [undefined, []]);
    assert.equal(measureOf(scene.scrape(60, { [targetA]: busy(4000) }), 'generation_throughput_tok_s')?.value, 100);
  });
});
