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
    assert.deepEqual(readOptions(['--speed', '5']), { speed: 5, withParent: false, size: { engines: 4, nodes: 2 } });
  });

  it('takes the size of its cluster: eight engines a node where one of the numbers is missing', () => {
    const sizeOf = (...args: string[]): unknown => readOptions(args).size;
    assert.deepEqual(sizeOf('--engines', '512', '--nodes', '64'), { engines: 512, nodes: 64 });
    assert.deepEqual(sizeOf('--engines', '17'), { engines: 17, nodes: 3 });
    assert.deepEqual(sizeOf('--nodes', '3'), { engines: 24, nodes: 3 });
    for (const [option, text] of [
      ['--engines', '0'],
      ['--engines', '2.5'],
      ['--engines', '1e3'],
      ['--engines', '100000'],
      ['--nodes', 'many'],
    ] as const)
      assert.throws(
        () => readOptions([option, text]),
        new RegExp(`${option}: not a whole number from 1 to .*: ${text}`),
      );
    assert.throws(() => readOptions(['--recording', 'ray-2.57', '--engines', '8']), /--recording: .* its own engines/);
  });

  it('starts a large cluster with the config and the nodes that belong to it', async () => {
    const ready = await start('--workspace', workspace, '--engines', '20', '--nodes', '3');
    assert.match(readFileSync(join(workspace, 'config/grpo.yaml'), 'utf8'), /20 vLLM engines[\s\S]*num_engines: 20\n/);
    assert.equal(ready.nodes.length, 3);
    const { body } = await httpRequest(`http://${ready.nodes[2]}/metrics`);
    assert.match(body.toString('utf8'), /ray_vllm_num_requests_running\{[^}]*NodeAddress="10\.0\.0\.13"/);
    const summary = JSON.parse((await httpRequest(`${ready.dashboard}/nodes?view=summary`)).body.toString('utf8')) as {
      data: { summary: { raylet: { nodeId: string } }[] };
    };
    assert.equal(new Set(summary.data.summary.map(({ raylet }) => raylet.nodeId)).size, 3);
  });
});
