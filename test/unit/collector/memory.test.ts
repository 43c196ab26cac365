/** Measures what hostile targets leave behind, in a child process that collects garbage on request. */
import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { maxPooledBytes } from '../../../src/exposition/lineIndexPool';

interface MemoryReport {
  scrapes: number;
  grown: number;
  pooled: number;
  violations: number;
}

/** For a machine that does much else at the same time. */
const longestMs = 5 * 60_000;

describe('memory', () => {
  it('is within 20 MB of where it began after 1,000 scrapes of hostile targets, and every snapshot obeyed', async function () {
    // Half a minute on a machine that does nothing else.
    this.timeout(longestMs);
    const program = join('dist', 'test', 'memory', 'hostileScrapes.js');
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program, '1000'], {
      timeout: longestMs,
    });
    const { scrapes, grown, pooled, violations } = JSON.parse(stdout) as MemoryReport;
    assert.deepEqual([scrapes, violations], [1000, 0]);
    assert.ok(grown < 20e6, `${grown} bytes more`);
    assert.ok(pooled <= maxPooledBytes, `${pooled} bytes in the pool`);
  });
});
