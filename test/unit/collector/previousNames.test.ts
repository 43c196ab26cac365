/** The names that engines had before. */
import assert from 'node:assert/strict';
import { PreviousNames } from '../../../src/collector/previousNames';

describe('the names that engines had before', () => {
  it('are loaded once per run, and asked for again while they are not read yet', async () => {
    const asked: string[] = [];
    const read: ReadonlyMap<string, string>[] = [];
    const names = new PreviousNames((runId) => {
      asked.push(runId);
      return Promise.resolve(read[0]);
    });
    assert.equal((await names.namesOf('a')).size, 0);
    names.note('a', [{ id: 'w1', name: 'engine 0' }]);
    read.push(new Map([['w1', 'engine 3']]));
    assert.deepEqual([...(await names.namesOf('a'))], [['w1', 'engine 3']], 'what was named meanwhile does not count');
    assert.equal(await names.namesOf('a'), await names.namesOf('a'));
    assert.equal((await names.namesOf('')).size, 0);
    assert.deepEqual(asked, ['a', 'a']);
  });

  it('are those of this window for a run that is watched again, for the last four runs', async () => {
    const names = new PreviousNames(() => Promise.resolve(new Map([['w1', 'engine 0']])));
    await names.namesOf('a');
    names.note('a', [
      { id: 'w1', name: 'engine 0' },
      { id: 'w2', name: 'engine 7' },
    ]);
    await names.namesOf('b');
    names.note('b', []);
    assert.equal((await names.namesOf('a')).get('w2'), 'engine 7');
    for (const run of ['c', 'd', 'e', 'f']) {
      await names.namesOf(run);
      names.note(run, []);
    }
    assert.deepEqual([...(await names.namesOf('a')).keys()], ['w1']);
  });
});
