/** Sets that forget what was added longest ago. */
import { strict as assert } from 'node:assert';
import { addBounded, maxIds } from '../../../src/shared/boundedSet';

describe('a bounded set of ids', () => {
  it('keeps as many as the bound, and of more those that were added last', () => {
    const ids = new Set<string>();
    for (let id = 0; id < maxIds; id += 1) addBounded(ids, `${id}`);
    addBounded(ids, '0');
    assert.equal(ids.size, maxIds);
    addBounded(ids, 'new');
    assert.deepEqual([ids.size, ids.has('0'), ids.has('1'), ids.has('new')], [maxIds, true, false, true]);
  });
});
