import { strict as assert } from 'node:assert';
import { existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startDashboard, type Dashboard, type DashboardOptions } from '../../demonstration/parts/dashboard';
import { createRayTmpDir, type RayTmpDir } from '../../demonstration/parts/rayTmpDir';
import { replay } from '../../demonstration/replay/replay';
import { ask, askJson } from './fetching';

describe('dashboard', () => {
  let dashboard: Dashboard;
  let asked = 0;
  const start = async (options: DashboardOptions = {}): Promise<void> => {
    asked = 0;
    dashboard = await startDashboard(
      {
        version: () => ({ ray_version: '2.57.0' }),
        serviceDiscovery: () => [],
        nodeSummary: () => ({ asked: ++asked }),
        actors: () => ({ asked: ++asked }),
      },
      options,
    );
  };
  afterEach(() => dashboard.close());
  const status = async (path: string, headers?: Record<string, string>): Promise<number> =>
    (await ask(`${dashboard.url}${path}`, headers ? { headers } : {})).status;

  it('answers what it computed at the request before, like Ray 2.57', async () => {
    await start({ cached: true });
    const answers = [1, 2, 3].map(() => '/nodes?view=summary');
    const got: unknown[] = [];
    for (const path of answers) got.push(await askJson(`${dashboard.url}${path}`));
    assert.deepEqual(got, [{ asked: 1 }, { asked: 1 }, { asked: 2 }]);
  });

  it('answers fresh without that', async () => {
    await start();
    await askJson(`${dashboard.url}/logical/actors`);
    assert.deepEqual(await askJson(`${dashboard.url}/logical/actors`), { asked: 2 });
  });

  it('lacks service discovery like older Ray', async () => {
    await start({ withoutServiceDiscovery: true });
    assert.equal(await status('/api/prometheus/sd'), 404);
    assert.equal(await status('/api/version'), 200);
  });

  it('wants a token in token mode, which may change', async () => {
    await start({ token: 'right' });
    const missing = await ask(`${dashboard.url}/api/version`);
    assert.deepEqual([missing.status, missing.body.toString()], [401, 'Unauthorized: Missing authentication token']);
    const wrong = await ask(`${dashboard.url}/api/version`, { headers: { Authorization: 'Bearer wrong' } });
    assert.deepEqual([wrong.status, wrong.body.toString()], [403, 'Forbidden: Invalid authentication token']);
    for (const headers of [
      { Authorization: 'Bearer right' },
      { 'X-Ray-Authorization': 'Bearer right' },
      { Cookie: 'a=b; ray-authentication-token=right' },
    ]) {
      assert.equal(await status('/nodes?view=summary', headers as Record<string, string>), 200);
    }
    assert.equal(await status('/api/gcs_healthz'), 200);
    dashboard.options.token = undefined;
    assert.equal(await status('/api/version'), 200);
  });
});

describe('Ray’s temporary folder', () => {
  let folder: RayTmpDir;
  let targets = ['127.0.0.1:1'];
  beforeEach(() => {
    folder = createRayTmpDir({
      session: 'session_x',
      targets: () => targets,
      currentCluster: '127.0.0.1:6379',
      rewrite: false,
    });
  });
  afterEach(() => folder.close());

  it('has the service-discovery file as a link into the session', () => {
    assert.ok(lstatSync(folder.discoveryFile).isSymbolicLink());
    assert.equal(
      realpathSync(folder.discoveryFile),
      join(realpathSync(folder.path), 'session_x', 'prom_metrics_service_discovery.json'),
    );
    assert.deepEqual(JSON.parse(readFileSync(folder.discoveryFile, 'utf8')), [
      { labels: { job: 'ray' }, targets: ['127.0.0.1:1'] },
    ]);
    assert.equal(readFileSync(join(folder.path, 'ray_current_cluster'), 'utf8'), '127.0.0.1:6379');
  });

  it('is written anew with what there is then, or with anything', () => {
    targets = ['127.0.0.1:2'];
    folder.write();
    assert.match(readFileSync(folder.discoveryFile, 'utf8'), /127\.0\.0\.1:2/);
    folder.write('[{"labels":');
    assert.equal(readFileSync(folder.discoveryFile, 'utf8'), '[{"labels":');
  });

  it('looks as old as it is told', () => {
    folder.setAge(90);
    assert.ok(Math.abs(Date.now() - statSync(folder.discoveryFile).mtimeMs - 90_000) < 2000);
  });
});

describe('cluster', () => {
  it('remembers requests to all of its servers and leaves nothing behind', async () => {
    const cluster = await replay({ recording: 'ray-2.57' });
    await ask(`${cluster.dashboard.url}/api/version`);
    await ask(`${cluster.nodes[1]?.url}/metrics`);
    assert.deepEqual(
      cluster.requests().map(({ url }) => url),
      ['/api/version', '/metrics'],
    );
    cluster.forgetRequests();
    assert.deepEqual(cluster.requests(), []);
    await cluster.close();
    assert.ok(!existsSync(cluster.rayTmpDir.path));
    await assert.rejects(ask(cluster.dashboard.url), { code: 'ECONNREFUSED' });
  });
});
