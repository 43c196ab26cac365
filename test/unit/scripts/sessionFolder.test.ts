/** What a script leaves behind: nothing, also of processes that outlived those that started them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSessionFolder, processesIn } from '../../../scripts/lib/sessionFolder.mjs';

/** Whether a process runs; one that its parent has not taken leave of does not. */
const isAlive = (pid: number | undefined): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

describe('the temporary folder of a script', () => {
  const before = process.env['TMPDIR'];

  afterEach(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });

  it('is where temporary files go, and is removed with them', async () => {
    const close = openSessionFolder();
    const folder = tmpdir();
    writeFileSync(join(folder, 'left.txt'), 'x');
    await close();
    assert.equal(existsSync(folder), false);
  });

  it('ends a daemon whose parent has ended, and no other process', async function () {
    if (process.platform !== 'linux') this.skip();
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    try {
      const close = openSessionFolder();
      const folder = tmpdir();
      // The parent prints the id of a child in a separate session, and ends.
      const program = `const { spawn } = require('node:child_process');
        const daemon = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
        daemon.unref();
        console.log(daemon.pid);`;
      const parent = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [line] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
      await once(parent, 'exit');
      const daemon = Number(line);
      assert.deepEqual(processesIn(folder), [daemon]);
      await close(100);
      assert.equal(isAlive(daemon), false);
      assert.equal(isAlive(bystander.pid), true);
    } finally {
      bystander.kill('SIGKILL');
    }
  });
});
