/** The demonstration as a program. */
import { strict as assert } from 'node:assert';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { readOptions } from '../../demonstration/program/options';
import { repositoryRoot } from '../../demonstration/paths';
import { httpRequest } from './httpRequest';

/** The line that the program prints. */
interface ReadyLine {
  dashboard: string;
  workspace?: string;
  rayTmpDir: string;
  nodes: string[];
}

describe('The demonstration program', function () {
  this.timeout(30_000);
  const root = repositoryRoot();
  // Inside the repository, because the program finds its fixtures by its own path.
  const program = join(root, 'dist', 'test', 'demonstration-under-test', 'main.js');
  let workspace: string;
  let child: ChildProcess;

  before(() => {
    const bundle = ['--bundle', '--platform=node', '--format=cjs', `--outfile=${program}`, '--log-level=error'];
    execFileSync(join(root, 'node_modules', '.bin', 'esbuild'), [join(root, 'test/demonstration/main.ts'), ...bundle]);
  });
  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), 'skyrl-demo-'));
  });
  after(() => rmSync(dirname(program), { recursive: true, force: true }));
  afterEach(() => {
    child.kill('SIGKILL');
    rmSync(workspace, { recursive: true, force: true });
  });

  const start = async (...args: string[]): Promise<ReadyLine> => {
    child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'inherit'], cwd: tmpdir() });
    const [line] = (await once(
      createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }),
      'line',
    )) as [string];
    return JSON.parse(line) as ReadyLine;
  };

  it('prints its addresses, writes the workspace, and ends on SIGTERM without leaving anything', async () => {
    const ready = await start('--workspace', workspace);
    assert.equal(ready.workspace, workspace);
    assert.match(
      readFileSync(join(workspace, 'config/grpo.yaml'), 'utf8'),
      /num_engines: 4[\s\S]*enable_ray_prometheus_stats: true/,
    );
    assert.deepEqual(JSON.parse(readFileSync(join(workspace, '.vscode/settings.json'), 'utf8')), {
      'skyrl.ray.dashboardUrl': ready.dashboard,
    });
    assert.ok((await httpRequest(`http://${ready.nodes[1]}/metrics`)).body.includes('ray_vllm_kv_cache_usage_perc{'));
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.ok(!existsSync(ready.rayTmpDir));
  });

  it('ends when its parent has ended', async () => {
    const ready = await start('--with-parent', '--recording', 'ray-2.56', '--token', 't');
    assert.equal((await httpRequest(`${ready.dashboard}/api/version`)).status, 401);
    assert.equal(ready.workspace, undefined);
    child.stdin?.end();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.ok(!existsSync(ready.rayTmpDir));
  });

  it('refuses unknown options and values', () => {
    assert.throws(() => readOptions(['--recording', 'ray-1']), /--recording/);
    assert.throws(() => readOptions(['--speed', '0']), /--speed/);
    assert.throws(() => readOptions(['--colour']));
    assert.deepEqual(readOptions(['--speed', '5']), { speed: 5, withParent: false });
  });
});
