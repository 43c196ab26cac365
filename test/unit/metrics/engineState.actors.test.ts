import { strict as assert } from 'node:assert';
import { targetA, targetB, actor, engineOf, factsIn, newScene, rayEngine, stateOf } from './scene';

type Listed = ReturnType<typeof actor>;

const engine = (worker: string, count = 1, running = 1): string =>
  rayEngine(worker, { num_requests_running: running, generation_tokens_total: count });

const idle = (worker: string): string => rayEngine(worker, { generation_tokens_total: 1 });

describe('deriveEngineState: actors and targets', () => {
  it('lists an engine before its first report: it is starting, has node and pid, and is in no aggregate', () => {
    const scene = newScene();
    const actors = [actor('w1', 'ALIVE'), actor('w2', 'ALIVE', { pid: 7 })];
    const snapshot = scene.scrape(0, { [targetA]: engine('w1') }, { actors, expectedEngines: 2 });
    const newEngine = engineOf(snapshot, 'w2');
    assert.deepEqual(
      [newEngine?.state, newEngine?.pid, newEngine?.node, newEngine?.measures],
      ['starting', 7, '192.0.2.2', {}],
    );
    assert.equal(snapshot.measures['num_requests_running']?.counted, 1);
    assert.deepEqual(factsIn(snapshot), [], 'it is there, so no engine is missing');
    const reported = scene.scrape(10, { [targetA]: engine('w1') + engine('w2') }, { actors });
    assert.deepEqual([stateOf(reported, 'w2'), engineOf(reported, 'w2')?.name], ['active', newEngine?.name]);
  });

  it('learns an engine’s process once the dashboard answers', () => {
    const scene = newScene();
    assert.equal(engineOf(scene.scrape(0, { [targetA]: engine('w1') }), 'w1')?.pid, undefined);
    assert.equal(
      engineOf(scene.scrape(10, { [targetA]: engine('w1') }, { actors: [actor('w1', 'ALIVE', { pid: 7 })] }), 'w1')
        ?.pid,
      7,
    );
    assert.equal(engineOf(scene.scrape(20, { [targetA]: engine('w1') }), 'w1')?.pid, 7);
  });

  it('takes all engines for starting if there are actors but no targets yet', () => {
    const snapshot = newScene().scrape(0, {}, { actors: [actor('w1', 'PENDING_CREATION'), actor('w2', 'ALIVE')] });
    assert.deepEqual(
      snapshot.engines.map(({ state }) => state),
      ['starting', 'starting'],
    );
  });

  it('takes only SkyRL’s server actors for engines before they report', () => {
    const snapshot = newScene().scrape(
      0,
      { [targetA]: engine('w1') },
      { actors: [actor('w1', 'ALIVE'), actor('trainer', 'ALIVE', { className: 'Trainer' })] },
    );
    assert.deepEqual(
      snapshot.engines.map(({ id }) => id),
      ['w1'],
    );
  });

  it('takes a restarting actor for starting, whatever its old gauges say', () => {
    assert.equal(
      stateOf(newScene().scrape(0, { [targetA]: engine('w1') }, { actors: [actor('w1', 'RESTARTING')] }), 'w1'),
      'starting',
    );
  });

  it('takes an engine for gone without an actor, drops it after ten minutes, and does not reuse its number', () => {
    const scene = newScene();
    const remaining = [actor('w2', 'ALIVE')];
    scene.scrape(0, { [targetA]: engine('w1') + engine('w2') }, { actors: [actor('w1', 'ALIVE'), ...remaining] });
    assert.equal(stateOf(scene.scrape(10, { [targetA]: engine('w2') }, { actors: remaining }), 'w1'), 'gone');
    assert.equal(stateOf(scene.scrape(610, { [targetA]: engine('w2') }, { actors: remaining }), 'w1'), 'gone');
    const later = scene.scrape(
      611,
      { [targetA]: engine('w2') + engine('w3') },
      { actors: [...remaining, actor('w3', 'ALIVE')] },
    );
    assert.deepEqual(
      later.engines.map(({ id, name }) => [id, name]),
      [
        ['w2', 'engine 1'],
        ['w3', 'engine 2'],
      ],
    );
  });

  it('does not take an engine for starting again that was gone, because the dashboard misses an answer', () => {
    const scene = newScene();
    const [w1, w2, ghost] = ['w1', 'w2', 'ghost'].map((id) => actor(id, 'ALIVE')) as [Listed, Listed, Listed];
    const bodies = { [targetA]: engine('w1') + idle('w2') };
    scene.scrape(0, bodies, { actors: [w1, w2, ghost] });
    const states = ([[w1], undefined, [], undefined, [w1, w2, ghost]] as (Listed[] | undefined)[]).map(
      (actors, index) => {
        const snapshot = scene.scrape(100 + 10 * index, bodies, actors ? { actors } : {});
        return [stateOf(snapshot, 'ghost'), stateOf(snapshot, 'w2')];
      },
    );
    const gone = ['gone', 'gone'];
    assert.deepEqual(states, [gone, gone, gone, gone, ['starting', 'quiet']]);
  });

  it('takes an engine that was gone for alive by fresh gauges, while the dashboard does not answer', () => {
    const scene = newScene();
    const waits = { [targetA]: engine('w1') + engine('w2', 1, 0) };
    scene.scrape(0, waits, { actors: [actor('w1', 'ALIVE')] });
    assert.equal(stateOf(scene.scrape(10, waits, { actors: [actor('w1', 'ALIVE')] }), 'w2'), 'gone');
    assert.equal(stateOf(scene.scrape(20, waits), 'w2'), 'quiet');
  });

  it('does not take an engine for starting for longer than five minutes without an actor to ask', () => {
    const scene = newScene();
    const states = [0, 299, 300].map((second) =>
      stateOf(
        scene.scrape(second, { [targetA]: engine('w1') }, second === 0 ? { actors: [actor('w2', 'ALIVE')] } : {}),
        'w2',
      ),
    );
    assert.deepEqual(states, ['starting', 'starting', 'silent']);
  });

  it('does not take an engine for gone that has no actor but works', () => {
    const scene = newScene();
    const others = [actor('w2', 'ALIVE')];
    const bodies = (tokens: number): Record<string, string> => ({
      [targetA]: engine('w1', tokens) + engine('w2', tokens),
    });
    scene.scrape(0, bodies(1), { actors: others });
    assert.equal(stateOf(scene.scrape(10, bodies(5), { actors: others }), 'w1'), 'active');
    const left = { [targetA]: engine('w2', 9) };
    assert.equal(stateOf(scene.scrape(20, left, { actors: others }), 'w1'), 'gone');
  });

  it('does not take engines for gone because the dashboard lists no actors at all', () => {
    assert.equal(stateOf(newScene().scrape(0, { [targetA]: engine('w1') }, { actors: [] }), 'w1'), 'active');
  });

  it('takes an engine for gone while its target is not listed', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: engine('w1'), [targetB]: engine('w2') });
    const without = scene.scrape(10, { [targetA]: engine('w1') });
    assert.deepEqual([stateOf(without, 'w2'), without.measures['num_requests_running']?.of], ['gone', 1]);
    assert.equal(stateOf(scene.scrape(20, { [targetA]: engine('w1'), [targetB]: engine('w2', 5) }), 'w2'), 'active');
  });

  it('does not take engines for gone because their target fails', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: engine('w1'), [targetB]: engine('w2') });
    assert.equal(stateOf(scene.scrape(10, { [targetA]: engine('w1'), [targetB]: undefined }), 'w2'), 'active');
    assert.equal(stateOf(scene.scrape(40, { [targetA]: engine('w1'), [targetB]: undefined }), 'w2'), 'silent');
  });

  it('follows an engine to another target', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: engine('w1'), [targetB]: engine('w2') });
    const moved = scene.scrape(10, { [targetB]: engine('w2') + engine('w1', 5) });
    assert.equal(stateOf(moved, 'w1'), 'active');
  });

  it('takes a still engine for quiet if its actor lives, for silent without an answer', () => {
    for (const [actors, state] of [
      [[actor('w1', 'ALIVE')], 'quiet'],
      [undefined, 'silent'],
    ] as const) {
      const scene = newScene();
      scene.scrape(0, { [targetA]: engine('w1') });
      assert.equal(
        stateOf(scene.scrape(30, { [targetA]: idle('w1') }, actors ? { actors: [...actors] } : {}), 'w1'),
        state,
      );
    }
  });

  it('takes an engine for awake whose requests were reported after its sleep, although nothing was seen to move', () => {
    const asleep = { 'engine_sleep_state{sleep_state="awake"}': 0 };
    const works = { num_requests_running: 4 };
    for (const [Version, gauges, state] of [
      ['2.57.0', works, 'active'],
      ['2.57.0', { num_requests_waiting: 2 }, 'active'],
      // The sleep may be newer: requests that were aborted for it are shown for some seconds.
      ['2.57.0', { ...works, ...asleep }, 'asleep'],
      ['2.57.0', { num_requests_running: 0 }, 'asleep'],
      // Another reader may have got the gauge of the sleep.
      ['2.56.0', works, 'asleep'],
    ] as const) {
      const scene = newScene();
      scene.scrape(0, { [targetA]: rayEngine('w1', asleep, { Version }) });
      const snapshot = scene.scrape(300, { [targetA]: rayEngine('w1', gauges, { Version }) });
      assert.equal(stateOf(snapshot, 'w1'), state, `${Version} ${JSON.stringify(gauges)}`);
    }
  });

  it('takes a moving engine for awake, although the sleep gauge is set on changes only', () => {
    const scene = newScene();
    const asleep = 'engine_sleep_state{sleep_state="awake"}';
    scene.scrape(0, { [targetA]: rayEngine('w1', { generation_tokens_total: 1, [asleep]: 0 }) });
    assert.equal(
      stateOf(scene.scrape(60, { [targetA]: idle('w1') }), 'w1'),
      'asleep',
      'the last set state holds, however old',
    );
    assert.equal(stateOf(scene.scrape(70, { [targetA]: engine('w1', 500) }), 'w1'), 'active');
  });
});
