/** What servers say of themselves, and engines of another run on the same cluster. */
import assert from 'node:assert/strict';
import { targetA, actor, at, engineOf, nativeEngine, newScene, rayEngine, stateOf } from './scene';

const engine = (worker: string, running: number): string =>
  rayEngine(worker, { num_requests_running: running, generation_tokens_total: running });

describe('what a server says of its engine', () => {
  const native = 'http://192.0.2.9:8000/metrics';
  const idle = nativeEngine({ num_requests_running: 0, generation_tokens_total: 7 });

  for (const [facts, state] of [
    [{ sleeping: true }, 'asleep'],
    [{ paused: true }, 'paused'],
    [{ sleeping: true, paused: true }, 'asleep'],
    [{ sleeping: false, paused: false }, 'quiet'],
    [{}, 'quiet'],
  ] as const) {
    it(`natively ${JSON.stringify(facts)}: ${state}`, () => {
      const snapshot = newScene('vllm').scrape(0, { [native]: idle }, { servers: { [native]: facts } });
      assert.deepEqual([snapshot.engines[0]?.state, snapshot.engines[0]?.server], [state, facts]);
    });
  }

  it('on Ray it is laid to a worker; another worker stays as it is', () => {
    const facts = { sleeping: true, version: '0.32.0', weightVersion: 'step-7' };
    const snapshot = newScene().scrape(0, { [targetA]: engine('w1', 1) + engine('w2', 1) }, { factsOf: { w1: facts } });
    assert.deepEqual([stateOf(snapshot, 'w1'), stateOf(snapshot, 'w2')], ['asleep', 'active']);
    assert.deepEqual([engineOf(snapshot, 'w1')?.server, engineOf(snapshot, 'w2')?.server], [facts, undefined]);
  });

  it('what it says now counts more than a sleep gauge that was set on a change', () => {
    const scene = newScene();
    const asleep = rayEngine('w1', { generation_tokens_total: 1, 'engine_sleep_state{sleep_state="awake"}': 0 });
    assert.equal(stateOf(scene.scrape(0, { [targetA]: asleep }), 'w1'), 'asleep');
    const awake = scene.scrape(
      10,
      { [targetA]: asleep },
      { factsOf: { w1: { sleeping: false } }, actors: [actor('w1', 'ALIVE')] },
    );
    assert.equal(stateOf(awake, 'w1'), 'quiet');
  });

  it('an engine tells the job and the start of its actor', () => {
    const snapshot = newScene().scrape(
      0,
      { [targetA]: engine('w1', 1) },
      { actors: [actor('w1', 'ALIVE', { jobId: '02000000', startedAt: at(-60) })] },
    );
    assert.deepEqual([engineOf(snapshot, 'w1')?.job, engineOf(snapshot, 'w1')?.startedAt], ['02000000', at(-60)]);
  });
});

describe('another run on the same cluster', () => {
  const body = engine('w1', 3) + engine('w2', 40);

  it('its engines are in no measure and no list; what SkyRL logs counts them in', () => {
    const { engines, measures, values } = newScene().scrape(
      0,
      { [targetA]: body },
      { others: ['w2'], actors: [actor('w1', 'ALIVE'), actor('w2', 'ALIVE')] },
    );
    assert.deepEqual(
      engines.map(({ id }) => id),
      ['w1'],
    );
    assert.deepEqual([measures['num_requests_running']?.value, measures['num_requests_running']?.of], [3, 1]);
    assert.equal(values['vllm/num_requests_running'], 43);
  });

  it('known only later: its engines leave, and nothing of this run begins anew', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: body });
    const later = scene.scrape(10, { [targetA]: engine('w1', 103) + engine('w2', 40) }, { others: ['w2'] });
    assert.deepEqual(
      later.engines.map(({ id, name }) => [id, name]),
      [['w1', 'engine 0']],
    );
    assert.equal(later.measures['generation_throughput_tok_s']?.value, 10);
  });
});
