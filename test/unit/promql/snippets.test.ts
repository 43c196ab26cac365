/** Where snippets are offered. */
import assert from 'node:assert/strict';
import { beginsQuery } from '../../../src/promql/snippets';

describe('Snippets of queries', () => {
  it('are offered only where a query begins', () => {
    assert.ok(beginsQuery('', 0) && beginsQuery('# c\n', 4) && beginsQuery('kv bl', 5));
    assert.ok(!beginsQuery('sum(', 4) && !beginsQuery('x + ', 4) && !beginsQuery('a\nb', 1));
  });
});
