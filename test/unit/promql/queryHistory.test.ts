/** The history of queries. */
import assert from 'node:assert/strict';
import { readHistory, remember } from '../../../src/promql/queryHistory';

describe('The history of queries', () => {
  it('lists a query once, the newest first, and drops stored entries of another shape', () => {
    const history = remember(remember(remember([], 'a', 1), 'b', 2), 'a', 3);
    assert.deepEqual(history, [
      { query: 'a', at: 3 },
      { query: 'b', at: 2 },
    ]);
    assert.deepEqual(readHistory([...history, 7, { query: 1 }, null]), history);
    assert.deepEqual(readHistory('x'), []);
  });
});
