/** Problems that need no grammar. */
import assert from 'node:assert/strict';
import { bracketProblems, variableProblems } from '../../../src/promql/problems';

describe('Problems with brackets, quotes and variables', () => {
  it('reports an unknown variable, and one for a label outside of quotes', () => {
    assert.deepEqual(
      variableProblems('rate(x[$w])').map(({ from, to }) => [from, to]),
      [[7, 9]],
    );
    assert.match(variableProblems('x * $node')[0]?.message ?? '', /quotes/);
  });

  it('reports brackets in the order of the text, but none that an open quote may hide the partner of', () => {
    assert.deepEqual(
      bracketProblems('(x]').map(({ from, to, message }) => [from, to, message]),
      [
        [0, 1, 'This ( is not closed'],
        [2, 3, 'This ] closes nothing'],
      ],
    );
    assert.deepEqual(
      bracketProblems('sum(x{a="b').map(({ message }) => message),
      ['This " is not closed'],
    );
  });
});
