/** The table of the matrix: what the program printed, what failed, and what differs. */
import assert from 'node:assert/strict';
import { matrixTable, readRow } from '../../../scripts/lib/matrix.mjs';

const row = (changes: Record<string, string> = {}): string =>
  `noise\nrow ${JSON.stringify({ found: '2', gauges: '6 of 6', counters: '0.1 %', states: 'quiet after 21 s', ...changes })}\n`;

describe('the table of Ray releases', () => {
  it('has a row for each release, and names what differs from the newest one', () => {
    const text = matrixTable([
      readRow('2.51.2', row({ gauges: '5 of 6', counters: '9 %', states: 'quiet after 40 s' })),
      readRow('2.60.0', row({ timer: 'a|b' })),
    ]);
    const lines = text.split('\n');
    assert.match(lines[2] ?? '', /^\| 2\.51\.2 \| 2 \| 5 of 6 \| 9 % \|/);
    assert.match(lines[3] ?? '', /\| a\\\|b \|/);
    assert.deepEqual(lines.slice(5), [
      'Differences from 2.60.0:',
      '- 2.51.2, Gauges right: 5 of 6 (2.60.0: 6 of 6)',
      '- 2.51.2, Timer: – (2.60.0: a|b)',
    ]);
  });

  it('says why a release could not be read', () => {
    const failed = readRow('2.56.1', 'one\nError: no agent\n    at main (matrix.ts:1:1)\n');
    assert.match(matrixTable([failed, readRow('2.60.0', row())]), /\| 2\.56\.1 \| failed: Error: no agent \|/);
    assert.match(matrixTable([failed]), /No release could be read/);
    assert.match(matrixTable([readRow('2.60.0', row())]), /No release differs from 2\.60\.0\./);
  });
});
