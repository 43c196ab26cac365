/** Where snippets are offered. */
import assert from 'node:assert/strict';
import { beginsQuery, querySnippets, snippetsFor } from '../../../src/promql/snippets';

describe('Snippets of queries', () => {
  it('are offered only where a query begins', () => {
    assert.ok(beginsQuery('', 0) && beginsQuery('# c\n', 4) && beginsQuery('kv bl', 5));
    assert.ok(!beginsQuery('sum(', 4) && !beginsQuery('x + ', 4) && !beginsQuery('a\nb', 1));
  });

  it('are in the names of servers where engines run there', () => {
    assert.deepEqual(snippetsFor('ray'), querySnippets);
    for (const { label, query } of snippetsFor('server')) assert.doesNotMatch(query, /ray_vllm|WorkerId|\$w/, label);
    assert.equal(
      snippetsFor('server').find(({ label }) => label === 'Preemptions per second by engine')?.query,
      'sum by (instance, engine) (rate(vllm:num_preemptions_total[$__rate_interval]))',
    );
  });
});
