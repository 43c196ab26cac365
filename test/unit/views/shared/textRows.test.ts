import assert from 'node:assert/strict';
import { textRows, wrapText } from '../../../../src/views/shared/textRows';
import { tooltipOf } from '../../../../src/views/shared/treeRow';

describe('textRows', () => {
  it('breaks a text at its spaces, and never within a word', () => {
    const text = `a finding with ${'w'.repeat(40)} and more words than one line has`;
    const lines = wrapText(text);
    assert.equal(lines.join(' '), text);
    for (const line of lines) assert.ok(line.length <= 30 || !line.includes(' '), line);
  });

  it('has the icon on the first row and the whole text in every tooltip', () => {
    const text = 'one two three four five six seven eight nine ten';
    const rows = textRows('id', 'quote', text);
    assert.ok(rows.length > 1);
    assert.deepEqual(
      rows.map(({ icon }) => icon.name),
      ['quote', ...rows.slice(1).map(() => 'blank')],
    );
    assert.deepEqual([...new Set(rows.flatMap(tooltipOf))], [text]);
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
  });
});
