import { strict as assert } from 'node:assert';
import { EngineNames } from '../../../src/metrics/engineNames';
import { targetA, newScene, rayEngine } from './scene';

const engine = (worker: string, count = 1, running = 1): string =>
  rayEngine(worker, { num_requests_running: running, generation_tokens_total: count });

describe('EngineNames', () => {
  it('keeps names from before a reload in any order of engines, and gives new engines other names', () => {
    const scene = newScene('ray', { w1: 'engine 3', w2: 'engine 1', w9: 'engine 7', w4: 'engine 1', w5: '$(flame)' });
    const names = (second: number, workers: string[]): string[] =>
      scene
        .scrape(second, { [targetA]: workers.map((worker) => engine(worker, second)).join('') })
        .engines.map(({ id, name }) => `${id} ${name}`);
    assert.deepEqual(names(0, ['w2', 'w6', 'w1', 'w5']), ['w2 engine 1', 'w6 engine 4', 'w1 engine 3', 'w5 engine 5']);
    assert.deepEqual(
      names(10, ['w2', 'w6', 'w1', 'w5', 'w4']).at(-1),
      'w4 engine 6',
      'a name that is taken is not given again',
    );
  });

  it('keeps the name of an earlier engine free while its node does not answer', () => {
    const scene = newScene('ray', { w1: 'engine 0', w2: 'engine 1', w3: 'engine 2' });
    const names = (second: number, workers: string[]): string[] =>
      scene
        .scrape(second, { [targetA]: workers.map((worker) => engine(worker, second)).join('') })
        .engines.map(({ id, name }) => `${id} ${name}`);
    assert.deepEqual(names(0, ['w1', 'new']), ['w1 engine 0', 'new engine 3']);
    const all = names(10, ['w1', 'new', 'w3', 'w2']);
    assert.deepEqual(all.slice(-2), ['w3 engine 2', 'w2 engine 1']);
  });

  it('begins at 0 if none of the earlier engines is there, as with another job on the same cluster', () => {
    const { engines } = newScene('ray', { w9: 'engine 3' }).scrape(0, { [targetA]: engine('w1') });
    assert.deepEqual(
      engines.map(({ name }) => name),
      ['engine 0'],
    );
  });

  it('takes back names that were read late, and gives what was named meanwhile others', () => {
    const names = new EngineNames();
    const namesOf = (...ids: string[]): string[] => ids.map((id) => names.nameOf(id));
    assert.equal(names.assign(['w2', 'new', 'w1'], new Map()), false);
    assert.deepEqual(namesOf('w2', 'new', 'w1'), ['engine 0', 'engine 1', 'engine 2']);
    const earlier = new Map([
      ['w1', 'engine 0'],
      ['w2', 'engine 1'],
      ['w3', 'engine 2'],
    ]);
    assert.equal(names.assign(['w2', 'new', 'w1'], earlier), true);
    assert.deepEqual(namesOf('w1', 'w2', 'new'), ['engine 0', 'engine 1', 'engine 3']);
    assert.equal(names.assign(['w2', 'new', 'w1', 'w3'], earlier), false);
    assert.deepEqual(namesOf('w3', 'new'), ['engine 2', 'engine 3']);
  });

  it('keeps its names if those that were read late are the same, or of other engines', () => {
    const names = new EngineNames();
    names.assign(['w1', 'w2'], new Map());
    assert.equal(names.assign(['w1', 'w2'], new Map([['w2', 'engine 1']])), false);
    assert.equal(names.assign(['w1', 'w2'], new Map([['w9', 'engine 0']])), false);
    assert.deepEqual([names.nameOf('w1'), names.nameOf('w2')], ['engine 0', 'engine 1']);
  });
});
