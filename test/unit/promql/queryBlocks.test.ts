/** The queries of a scratchpad. */
import assert from 'node:assert/strict';
import { bareQuery, blockAt, blocksOf } from '../../../src/promql/queryBlocks';

describe('The blocks of a scratchpad', () => {
  const text = '# a pad\r\n\r\n# one\r\nsum(x)\r\n\r\n\r\nrate(y[5m])\r\n  > 1\r\n';

  it('are separated by blank lines, and leave out comments without a query', () => {
    const blocks = blocksOf(text);
    assert.deepEqual(
      blocks.map(({ startLine, queryLine, endLine }) => [startLine, queryLine, endLine]),
      [
        [2, 3, 3],
        [6, 6, 7],
      ],
    );
    for (const block of blocks) assert.equal(text.slice(block.offset, block.offset + block.text.length), block.text);
  });

  it('are found from a blank line below them, and the first one from the lines above it', () => {
    const blocks = blocksOf(text);
    assert.equal(blockAt(blocks, 5)?.startLine, 2);
    assert.equal(blockAt(blocks, 0)?.startLine, 2);
    assert.equal(blockAt(blocksOf('# nothing'), 0), undefined);
  });

  it('are listed without comments and with their strings unchanged', () =>
    assert.equal(bareQuery('# c\nsum(\n  x{a="# b  c"} # d\n)'), 'sum( x{a="# b  c"} )'));
});
