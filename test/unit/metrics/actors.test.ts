import { strict as assert } from 'node:assert';
import { loadRecording } from '../../demonstration/index';
import { catalogIndex } from '../support/catalogIndex';
import { actorsOf, readerOf, targetOf } from '../support/replay';
import { SnapshotBuilder } from '../../../src/collector/snapshotBuilder';
import { targetA, actor, at, targetB, engineOf, factsIn, findingIds, newScene, rayEngine, stateOf } from './scene';

const engine = (worker: string, count = 1, running = 1): string =>
  rayEngine(worker, { num_requests_running: running, generation_tokens_total: count });
const idle = (worker: string): string => rayEngine(worker, { generation_tokens_total: 1 });

describe('engines by their actors', () => {
  it('listed before its first report: starting, with node and pid, in no aggregate', () => {
    const scene = newScene();
    const actors = [actor('w1', 'ALIVE'), actor('w2', 'ALIVE', { pid: 7 })];
    const snapshot = scene.scrape(0, { [targetA]: engine('w1') }, { actors, expected: 2 });
    const young = engineOf(snapshot, 'w2');
    assert.deepEqual([young?.state, young?.pid, young?.node, young?.measures], ['starting', 7, '192.0.2.2', {}]);
    assert.equal(snapshot.measures['num_requests_running']?.counted, 1);
    assert.deepEqual(factsIn(snapshot), [], 'it is there, so no engine is missing');
    const reported = scene.scrape(10, { [targetA]: engine('w1') + engine('w2') }, { actors });
    assert.deepEqual([stateOf(reported, 'w2'), engineOf(reported, 'w2')?.name], ['active', young?.name]);
  });

  it('met while the dashboard was silent: its process is known once it answers', () => {
    const scene = newScene();
    assert.equal(engineOf(scene.scrape(0, { [targetA]: engine('w1') }), 'w1')?.pid, undefined);
    assert.equal(
      engineOf(scene.scrape(10, { [targetA]: engine('w1') }, { actors: [actor('w1', 'ALIVE', { pid: 7 })] }), 'w1')
        ?.pid,
      7,
    );
    assert.equal(engineOf(scene.scrape(20, { [targetA]: engine('w1') }), 'w1')?.pid, 7);
  });

  it('no targets yet, only actors: all starting', () => {
    const snapshot = newScene().scrape(0, {}, { actors: [actor('w1', 'PENDING_CREATION'), actor('w2', 'ALIVE')] });
    assert.deepEqual(
      snapshot.engines.map(({ state }) => state),
      ['starting', 'starting'],
    );
  });

  it('only SkyRL’s server actors are engines before they report', () => {
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

  it('a restarting actor is starting, whatever its old gauges say', () => {
    assert.equal(
      stateOf(newScene().scrape(0, { [targetA]: engine('w1') }, { actors: [actor('w1', 'RESTARTING')] }), 'w1'),
      'starting',
    );
  });

  it('no longer among the actors: gone; forgotten after ten minutes, its number not given again', () => {
    const scene = newScene();
    const others = [actor('w2', 'ALIVE')];
    scene.scrape(0, { [targetA]: engine('w1') + engine('w2') }, { actors: [actor('w1', 'ALIVE'), ...others] });
    assert.equal(stateOf(scene.scrape(10, { [targetA]: engine('w2') }, { actors: others }), 'w1'), 'gone');
    assert.equal(stateOf(scene.scrape(610, { [targetA]: engine('w2') }, { actors: others }), 'w1'), 'gone');
    const later = scene.scrape(
      611,
      { [targetA]: engine('w2') + engine('w3') },
      { actors: [...others, actor('w3', 'ALIVE')] },
    );
    assert.deepEqual(
      later.engines.map(({ id, name }) => [id, name]),
      [
        ['w2', 'engine 1'],
        ['w3', 'engine 2'],
      ],
    );
  });

  it('keeps the names of the window before, in whatever order it meets them, and gives newcomers others', () => {
    const scene = newScene('ray', { w1: 'engine 3', w2: 'engine 1', w9: 'engine 7', w4: 'engine 1', w5: '$(flame)' });
    const names = (second: number, workers: string[]): string[] =>
      scene
        .scrape(second, { [targetA]: workers.map((worker) => engine(worker, second)).join('') })
        .engines.map(({ id, name }) => `${id} ${name}`);
    assert.deepEqual(names(0, ['w2', 'w6', 'w1', 'w5']), ['w2 engine 1', 'w6 engine 4', 'w1 engine 3', 'w5 engine 5']);
    assert.deepEqual(
      names(10, ['w2', 'w6', 'w1', 'w5', 'w4']).at(-1),
      'w4 engine 6',
      'a name that is taken is nobody else’s',
    );
  });

  it('begins at 0 where none of those it knows is there: another job on the same cluster', () => {
    const { engines } = newScene('ray', { w9: 'engine 3' }).scrape(0, { [targetA]: engine('w1') });
    assert.deepEqual(
      engines.map(({ name }) => name),
      ['engine 0'],
    );
  });

  it('an answer without any actor is no evidence against engines that report', () => {
    assert.equal(stateOf(newScene().scrape(0, { [targetA]: engine('w1') }, { actors: [] }), 'w1'), 'active');
  });

  it('its target no longer listed: gone; listed again: back', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: engine('w1'), [targetB]: engine('w2') });
    const without = scene.scrape(10, { [targetA]: engine('w1') });
    assert.deepEqual([stateOf(without, 'w2'), without.measures['num_requests_running']?.of], ['gone', 1]);
    assert.equal(stateOf(scene.scrape(20, { [targetA]: engine('w1'), [targetB]: engine('w2', 5) }), 'w2'), 'active');
  });

  it('a target that fails is still listed: its engines are not gone', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: engine('w1'), [targetB]: engine('w2') });
    assert.equal(stateOf(scene.scrape(10, { [targetA]: engine('w1'), [targetB]: undefined }), 'w2'), 'active');
    assert.equal(stateOf(scene.scrape(40, { [targetA]: engine('w1'), [targetB]: undefined }), 'w2'), 'silent');
  });

  it('an engine that reports at another target is looked for there', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: engine('w1'), [targetB]: engine('w2') });
    const moved = scene.scrape(10, { [targetB]: engine('w2') + engine('w1', 5) });
    assert.equal(stateOf(moved, 'w1'), 'active');
  });

  it('quiet by its actor, silent without', () => {
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

  it('moves again: awake, though the sleep gauge is set on a change only', () => {
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

describe('successors', () => {
  const dead = actor('w1', 'DEAD', { startedAt: at(-100), endedAt: at(5) });
  const young = (startedAt: number): ReturnType<typeof actor> => actor('w2', 'ALIVE', { startedAt });

  it('follows the dead engine on its node', () => {
    const scene = newScene();
    const other = actor('w0', 'DEAD', { node: '192.0.2.9' });
    const far = rayEngine('w0', { generation_tokens_total: 1 }, { NodeAddress: '192.0.2.9' });
    scene.scrape(0, { [targetA]: engine('w1'), [targetB]: far });
    scene.scrape(10, { [targetA]: idle('w1'), [targetB]: far }, { actors: [dead, other] });
    const snapshot = scene.scrape(
      20,
      { [targetA]: idle('w1') + engine('w2'), [targetB]: far },
      { actors: [dead, other, young(at(15))] },
    );
    assert.equal(engineOf(snapshot, 'w2')?.follows, 'w1');
    assert.deepEqual(
      factsIn(snapshot).map(({ id, engine: of }) => [id, of]),
      [['engine-dead', 'w0']],
    );
  });

  it('death and restart between two scrapes: it follows all the same', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: engine('w1') });
    const snapshot = scene.scrape(60, { [targetA]: idle('w1') + engine('w2') }, { actors: [dead, young(at(30))] });
    assert.deepEqual([engineOf(snapshot, 'w2')?.follows, findingIds(snapshot)], ['w1', []]);
  });

  it('death and restart before the first scrape: it follows all the same', () => {
    const snapshot = newScene().scrape(60, { [targetA]: idle('w1') + engine('w2') }, { actors: [dead, young(at(30))] });
    assert.deepEqual([engineOf(snapshot, 'w2')?.follows, findingIds(snapshot)], ['w1', []]);
  });

  it('an engine that began before the other died is no successor', () => {
    const snapshot = newScene().scrape(
      60,
      { [targetA]: idle('w1') + engine('w2') },
      { actors: [dead, young(at(-90))] },
    );
    assert.deepEqual([engineOf(snapshot, 'w2')?.follows, findingIds(snapshot)], [undefined, ['engine-dead']]);
  });

  it('one dead engine has one successor', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: engine('w1') });
    const actors = [dead, young(at(30)), actor('w3', 'ALIVE', { startedAt: at(31) })];
    const snapshot = scene.scrape(60, { [targetA]: idle('w1') + engine('w2') + engine('w3') }, { actors });
    assert.deepEqual(
      snapshot.engines.map(({ id, follows }) => [id, follows]),
      [
        ['w1', undefined],
        ['w2', 'w1'],
        ['w3', undefined],
      ],
    );
  });

  it('ray-2.57, first opened at step 12 (engine 1 runs nothing just then): the killed engine is dead, followed, and no error', async () => {
    const last = loadRecording('ray-2.57').steps.at(-1) ?? assert.fail();
    const answers = last.bodies.map(({ node, bytes }) => {
      const target = targetOf(node);
      const reader = readerOf(target);
      reader.begin();
      reader.feed(bytes);
      return { target, at: last.at, tookMs: 1, bytes: bytes.length, result: reader.end() };
    });
    const { engines, findings } = new SnapshotBuilder(catalogIndex).build({
      trigger: 'command',
      now: last.at,
      targets: answers.map(({ target }) => target),
      answers,
      actors: await actorsOf(last),
      rayVersion: undefined,
      expectedEngines: 3,
    });
    assert.deepEqual(
      engines.map(({ state, follows }) => [state, follows !== undefined]),
      [
        ['dead', false],
        ['quiet', false],
        ['active', false],
        ['active', true],
      ],
    );
    assert.deepEqual(factsIn({ findings }), []);
  });
});
