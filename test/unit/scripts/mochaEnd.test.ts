/** What is said of a mocha process that ended without results. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { currentLine, describeEnd } from '../../../scripts/lib/mochaEnd.mjs';
import { run } from '../../../scripts/lib/processes.mjs';

describe('a mocha process that wrote no results', () => {
  let folder: string;
  let current: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'current-'));
    current = join(folder, 'unit.current.txt');
  });
  after(() => rm(folder, { recursive: true }));

  const ended = (program: string, timeoutMs = 20_000) => run(process.execPath, ['-e', program], { timeoutMs });

  it('is told by its signal, before any test', async () => {
    const result = await ended("process.kill(process.pid, 'SIGKILL')");
    assert.equal(
      await describeEnd(result, join(folder, 'none')),
      'mocha wrote no results: it was ended by SIGKILL before its first test',
    );
  });

  it('is told by its exit code, and by the test it was in', async () => {
    await writeFile(current, currentLine('a reader ends', 1_234_567_890));
    assert.equal(
      await describeEnd(await ended('process.exit(143)'), current),
      'mocha wrote no results: it ended with code 143 in or after the test "a reader ends", with 1235 MB in memory',
    );
  });

  it('is told by its deadline, not by the signal that this brought', async () => {
    const result = await ended('setInterval(() => {}, 1000)', 300);
    assert.match(await describeEnd(result, current), /: it reached its deadline in or after the test "a reader ends"/);
  });
});
