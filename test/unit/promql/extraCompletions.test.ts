/** Completions beside those of the grammar. */
import assert from 'node:assert/strict';
import { extraCompletions } from '../../../src/promql/extraCompletions';

describe('Extra PromQL completions', () => {
  const labelsAtEnd = (text: string): string[] => extraCompletions(text, text.length).map(({ label }) => label);

  it('offers variables, durations and moments where they fit', () => {
    assert.ok(labelsAtEnd('rate(x[').includes('$__rate_interval'));
    assert.deepEqual(labelsAtEnd('x{n=~"$n'), ['$node', '$engine', '$session']);
    assert.deepEqual(labelsAtEnd('x @ '), ['start()', 'end()']);
    assert.ok(labelsAtEnd('x offset ').includes('1h'));
  });

  it('offers nothing in a comment', () => assert.deepEqual(labelsAtEnd('x # $'), []));
});
