import { strict as assert } from 'node:assert';
import { targetA, actor, at, engineOf, newScene, rayEngine, stateOf, nativeEngine } from './scene';

const engine = (worker: string, running: number): string =>
  rayEngine(worker, { num_requests_running: running, generation_tokens_total: running });

const tokens = (count: number, running = 1): Record<string, number> => ({
  generation_tokens_total: count,
  num_requests_running: running,
});

describe('deriveEngineState: what a server says of its engine', () => {
  const native = 'http://192.0.2.9:8000/metrics';

  const idle = nativeEngine({ num_requests_running: 0, generation_tokens_total: 7 });

  for (const [facts, state] of [
    [{ sleeping: true }, 'asleep'],
    [{ paused: true }, 'paused'],
    [{ sleeping: true, paused: true }, 'asleep'],
    [{ sleeping: false, paused: false }, 'quiet'],
    [{}, 'quiet'],
  ] as const) {
    it(`is ${state} if the engine’s own server says ${JSON.stringify(facts)}`, () => {
      const snapshot = newScene('vllm').scrape(0, { [native]: idle }, { serverFactsByUrl: { [native]: facts } });
      assert.deepEqual([snapshot.engines[0]?.state, snapshot.engines[0]?.server], [state, facts]);
    });
  }

  it('gives what a server says to one worker on Ray, and not to another', () => {
    const facts = { sleeping: true, version: '0.32.0', weightVersion: 'step-7' };
    const snapshot = newScene().scrape(
      0,
      { [targetA]: engine('w1', 1) + engine('w2', 1) },
      { serverFactsByWorker: { w1: facts } },
    );
    assert.deepEqual([stateOf(snapshot, 'w1'), stateOf(snapshot, 'w2')], ['asleep', 'active']);
    assert.deepEqual([engineOf(snapshot, 'w1')?.server, engineOf(snapshot, 'w2')?.server], [facts, undefined]);
  });

  it('trusts the server’s present answer more than the sleep gauge', () => {
    const scene = newScene();
    const asleep = rayEngine('w1', { generation_tokens_total: 1, 'engine_sleep_state{sleep_state="awake"}': 0 });
    assert.equal(stateOf(scene.scrape(0, { [targetA]: asleep }), 'w1'), 'asleep');
    const awake = scene.scrape(
      10,
      { [targetA]: asleep },
      { serverFactsByWorker: { w1: { sleeping: false } }, actors: [actor('w1', 'ALIVE')] },
    );
    assert.equal(stateOf(awake, 'w1'), 'quiet');
  });

  it('gives an engine the job and the start of its actor', () => {
    const snapshot = newScene().scrape(
      0,
      { [targetA]: engine('w1', 1) },
      { actors: [actor('w1', 'ALIVE', { jobId: '02000000', startedAt: at(-60) })] },
    );
    assert.deepEqual([engineOf(snapshot, 'w1')?.job, engineOf(snapshot, 'w1')?.startedAt], ['02000000', at(-60)]);
  });

  for (const [awake, state] of [
    [1, 'active'],
    [0, 'asleep'],
  ] as const) {
    it(`is ${state} if the gauge engine_sleep_state says awake=${awake}`, () => {
      const snapshot = newScene('vllm').scrape(0, {
        [targetA]: nativeEngine({ ...tokens(1), 'engine_sleep_state{sleep_state="awake"}': awake }),
      });
      assert.equal(stateOf(snapshot, `${targetA} 0`), state);
    });
  }
});
