import { strict as assert } from 'node:assert';
import { SnapshotBuilder } from '../../../src/collector/snapshotBuilder';
import { loadRecording } from '../../demonstration/index';
import { catalogIndex } from '../support/catalogIndex';
import { actorsOf, readerOf, targetOf } from '../support/replay';
import { targetA, targetB, actor, at, engineOf, factsIn, findingIds, newScene, rayEngine } from './scene';

const engine = (worker: string, count = 1, running = 1): string =>
  rayEngine(worker, { num_requests_running: running, generation_tokens_total: count });

const idle = (worker: string): string => rayEngine(worker, { generation_tokens_total: 1 });

describe('successors of dead engines', () => {
  const dead = actor('w1', 'DEAD', { startedAt: at(-100), endedAt: at(5) });

  const successor = (startedAt: number): ReturnType<typeof actor> => actor('w2', 'ALIVE', { startedAt });

  it('lets an engine follow the dead one on its node', () => {
    const scene = newScene();
    const other = actor('w0', 'DEAD', { node: '192.0.2.9' });
    const far = rayEngine('w0', { generation_tokens_total: 1 }, { NodeAddress: '192.0.2.9' });
    scene.scrape(0, { [targetA]: engine('w1'), [targetB]: far });
    scene.scrape(10, { [targetA]: idle('w1'), [targetB]: far }, { actors: [dead, other] });
    const snapshot = scene.scrape(
      20,
      { [targetA]: idle('w1') + engine('w2'), [targetB]: far },
      { actors: [dead, other, successor(at(15))] },
    );
    assert.equal(engineOf(snapshot, 'w2')?.follows, 'w1');
    assert.deepEqual(
      factsIn(snapshot).map(({ id, engine: of }) => [id, of]),
      [['engine-dead', 'w0']],
    );
  });

  it('lets an engine follow one that died and was replaced between two scrapes', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: engine('w1') });
    const snapshot = scene.scrape(60, { [targetA]: idle('w1') + engine('w2') }, { actors: [dead, successor(at(30))] });
    assert.deepEqual([engineOf(snapshot, 'w2')?.follows, findingIds(snapshot)], ['w1', []]);
  });

  it('lets an engine follow one that died and was replaced before the first scrape', () => {
    const snapshot = newScene().scrape(
      60,
      { [targetA]: idle('w1') + engine('w2') },
      { actors: [dead, successor(at(30))] },
    );
    assert.deepEqual([engineOf(snapshot, 'w2')?.follows, findingIds(snapshot)], ['w1', []]);
  });

  it('does not let an engine follow one that died after it had begun', () => {
    const snapshot = newScene().scrape(
      60,
      { [targetA]: idle('w1') + engine('w2') },
      { actors: [dead, successor(at(-90))] },
    );
    assert.deepEqual([engineOf(snapshot, 'w2')?.follows, findingIds(snapshot)], [undefined, ['engine-dead']]);
  });

  it('gives one dead engine one successor', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: engine('w1') });
    const actors = [dead, successor(at(30)), actor('w3', 'ALIVE', { startedAt: at(31) })];
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

  /** Engine 1 runs nothing at this step. */
  it('finds the killed engine and its successor in ray-2.57 if step 12 is the first scrape', async () => {
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
