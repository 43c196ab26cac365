/** Tests of where the release of SkyRL is looked for around a config. */
import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findRelease } from '../../../../src/views/config/releaseFiles';

const lock = (version: string): string => `[[package]]\nname = "skyrl"\nversion = "${version}"\n`;

describe('the files that say which SkyRL a project uses', () => {
  let workspace: string;

  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'skyrl-release-'));
  });
  afterEach(() => rm(workspace, { recursive: true, force: true }));

  async function write(files: Record<string, string>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(workspace, path)), { recursive: true });
      await writeFile(join(workspace, path), text);
    }
  }
  const found = async (config: string, top = ''): Promise<string | undefined> =>
    (await findRelease(join(workspace, config), join(workspace, top)))?.version;

  it('are those of the nearest folder that says it, up to the workspace folder', async () => {
    await write({ 'uv.lock': lock('0.3.0'), 'jobs/small/uv.lock': lock('0.4.0'), 'jobs/small/pyproject.toml': '' });
    assert.equal(await found('jobs/small/run.sh'), '0.4.0');
    assert.equal(await found('jobs/run.sh'), '0.3.0');
    assert.equal(await found('run.sh'), '0.3.0');
    assert.equal(await found('jobs/run.sh', 'jobs'), undefined, 'above the workspace folder');
  });

  it('are those of its own folder alone for a config outside of the workspace', async () => {
    await write({ 'uv.lock': lock('0.3.0'), 'other/uv.lock': lock('0.2.0') });
    assert.equal(await found('other/run.sh', 'workspace'), '0.2.0');
    assert.equal(await found('other/deep/run.sh', 'workspace'), undefined);
  });

  it('are the installed package before the lock file', async () => {
    const metadata = 'Name: skyrl\nVersion: 0.4.0\n';
    await write({
      'uv.lock': lock('0.3.0'),
      '.venv/lib/python3.12/site-packages/skyrl_gym-9.0.dist-info/METADATA': 'Name: skyrl-gym\nVersion: 9.0\n',
      '.venv/lib/python3.12/site-packages/skyrl-0.4.0.dist-info/METADATA': metadata,
    });
    assert.equal(await found('run.sh'), '0.4.0');
  });

  it('may be there without saying anything, or be folders', async () => {
    await write({ 'uv.lock/x': '', 'pyproject.toml': '[project]\nname = "mine"\n', '.venv/lib/python3.12/x': '' });
    assert.equal(await found('run.sh'), undefined);
  });
});
