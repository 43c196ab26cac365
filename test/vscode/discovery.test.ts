/**
 * Which addresses the extension asks, by the config, the settings and the environment (docs/user-guide.md, Discovery).
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Api } from '../../src/api';
import {
  json,
  replay,
  replayNative,
  serve,
  startNodeAgent,
  text,
  type NativeReplay,
  type Replay,
} from '../demonstration/index';
import { nodeRequests } from './clusters';
import {
  activate,
  assertHarmless,
  executeCommand,
  configure,
  setEnvironment,
  localConfig,
  pathOf,
  removeFile,
  setSetting,
  waitForState,
  until,
  writeFile,
} from './support';

describe('discovery on Ray', () => {
  let api: Api;
  let cluster: Replay;
  let restore: () => void = () => undefined;
  const urls = (): string[] => cluster.nodes.map(({ url }) => `${url}/metrics`);
  const dashboardPaths = (): string[] => cluster.dashboard.requests.map(pathOf);
  const scrapedUrls = async (): Promise<string[]> => (await api.scrape()).targets.map(({ url }) => url);

  before(async () => {
    api = await activate();
  });

  beforeEach(async () => {
    cluster = await replay({ recording: 'ray-2.57' });
    await configure({ 'ray.dashboardUrl': cluster.dashboard.url });
    cluster.forgetRequests();
  });

  afterEach(async () => {
    assertHarmless(cluster.requests());
    restore();
    restore = () => undefined;
    await configure();
    await cluster.close();
  });

  it('asks the dashboard’s service discovery, and skips the ports without engines', async () => {
    assert.deepEqual(await scrapedUrls(), urls());
    assert.deepEqual(dashboardPaths().slice(0, 2), ['/api/version', '/api/prometheus/sd']);
    assert.deepEqual(
      cluster.nodes.map(({ requests }) => requests.map(pathOf)),
      [['/metrics'], ['/metrics']],
    );
  });

  it('asks for Ray’s version before any node', async () => {
    await cluster.dashboard.fault({ kind: 'slow', ms: 150 }, '/api/version');
    await api.scrape();
    const all = cluster.requests();
    const version = all.find((request) => pathOf(request) === '/api/version');
    assert.equal(all[0], version);
    for (const { requests } of cluster.nodes)
      assert.ok(requests.every(({ at }) => at >= (version?.at ?? Infinity) + 140));
  });

  it('asks for the nodes twice after a 404, and skips the dead ones', async () => {
    cluster.dashboard.options.withoutServiceDiscovery = true;
    assert.deepEqual((await scrapedUrls()).sort(), urls().sort());
    assert.equal(dashboardPaths().filter((path) => path === '/nodes').length, 2);
  });

  it('finds the dashboard by RAY_ADDRESS if no setting names one', async () => {
    await configure();
    restore = setEnvironment({ RAY_ADDRESS: `${cluster.dashboard.url}/` });
    assert.deepEqual(await scrapedUrls(), urls());
  });

  it('prefers a current service-discovery file to the dashboard’s', async () => {
    restore = setEnvironment({ RAY_TMPDIR: cluster.rayTmpDir.path });
    assert.deepEqual(await scrapedUrls(), urls());
    assert.ok(!dashboardPaths().includes('/api/prometheus/sd'));
  });

  it('finds the file without any dashboard, also in the folder that Ray makes in RAY_TMPDIR', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skyrl-ray-'));
    symlinkSync(cluster.rayTmpDir.path, join(folder, 'ray'));
    restore = setEnvironment({ RAY_TMPDIR: folder });
    await setSetting('ray.dashboardUrl', 'http://127.0.0.1:1');
    assert.deepEqual(await scrapedUrls(), urls());
    rmSync(folder, { recursive: true });
  });

  it('ignores a service-discovery file that is no longer rewritten', async () => {
    cluster.rayTmpDir.write(JSON.stringify([{ labels: { job: 'ray' }, targets: ['127.0.0.1:1'] }]));
    cluster.rayTmpDir.setAge(45);
    restore = setEnvironment({ RAY_TMPDIR: cluster.rayTmpDir.path });
    assert.deepEqual(await scrapedUrls(), urls());
  });

  it('ignores the file of another session than that of the dashboard in the settings', async () => {
    const other = await replay({ recording: 'ray-2.57-speculation' });
    restore = setEnvironment({ RAY_TMPDIR: other.rayTmpDir.path });
    assert.deepEqual(await scrapedUrls(), urls());
    assert.equal(nodeRequests(other), 0);
    await other.close();
  });

  it('follows no redirect of a dashboard or a node', async () => {
    const other = await startNodeAgent(() => Buffer.from('ray_vllm_num_requests_running 1\n'));
    await cluster.nodes[0]?.fault({ kind: 'redirect', to: `${other.url}/metrics` });
    const { targets } = await api.scrape();
    assert.equal(targets[0]?.state, 'failed');
    assert.match(targets[0]?.error ?? '', /redirect/);
    assert.equal(targets[1]?.state, 'ok');
    await cluster.dashboard.fault({ kind: 'redirect', to: `${other.url}/api/version` });
    await api.scrape();
    await waitForState(api, 'failed', /redirect/);
    assert.deepEqual(other.requests, []);
    await other.close();
  });

  it('finds no targets in a service discovery of another shape', async () => {
    for (const body of ['{"targets": ["127.0.0.1:1"]}', '[{"targets": 7}, null, {"targets": [1, {}]}]', 'not JSON']) {
      await cluster.dashboard.fault({ kind: 'body', body }, '/api/prometheus/sd');
      await cluster.dashboard.fault({ kind: 'status', status: 404 }, '/nodes');
      assert.deepEqual(await scrapedUrls(), [], body);
    }
  });
});

describe('discovery by the config and by settings', () => {
  let api: Api;
  let native: NativeReplay;
  let cluster: Replay;
  let restore: () => void = () => undefined;
  const useConfig = async (...lines: string[]): Promise<void> => {
    await executeCommand('skyrl.selectConfig', { uri: await writeFile('config/one.yaml', localConfig(...lines)) });
  };

  before(async () => {
    api = await activate();
    native = await replayNative();
    cluster = await replay({ recording: 'ray-2.57' });
    await configure({ 'ray.dashboardUrl': cluster.dashboard.url });
  });

  beforeEach(() => {
    cluster.forgetRequests();
    native.requests.splice(0);
  });

  afterEach(async () => {
    assertHarmless([...cluster.requests(), ...native.requests]);
    restore();
    restore = () => undefined;
    await configure({ 'ray.dashboardUrl': cluster.dashboard.url });
  });

  after(async () => {
    await useConfig('num_engines: 3');
    await configure();
    await native.close();
    await cluster.close();
  });

  it('scrapes external servers, and does not ask Ray', async () => {
    await useConfig('run_engines_locally: false', `external_server_urls: ["127.0.0.1:${native.port}"]`);
    const { targets, engines } = await api.scrape();
    assert.deepEqual(
      targets.map(({ url, kind, state }) => [url, kind, state]),
      [[`${native.url}/metrics`, 'vllm', 'ok']],
    );
    assert.equal(engines.filter(({ state }) => state !== 'gone' && state !== 'dead').length, 1);
    assert.deepEqual(native.requests.map(({ url }) => url).sort(), [
      '/is_paused',
      '/is_sleeping',
      '/metrics',
      '/version',
      '/weight_info',
    ]);
    assert.deepEqual(engines.find(({ server }) => server)?.server, {
      version: '0.32.0',
      sleeping: false,
      paused: false,
      weightVersion: 'default',
    });
    assert.deepEqual(cluster.requests(), []);
  });

  it('waits for a config that the settings have just named', async () => {
    await useConfig('num_engines: 3');
    const file = await writeFile(
      'config/two.yaml',
      localConfig('run_engines_locally: false', `external_server_urls: ["127.0.0.1:${native.port}"]`),
    );
    await setSetting('config', 'config/two.yaml');
    const { targets } = await api.scrape();
    assert.deepEqual(
      targets.map(({ url }) => url),
      [`${native.url}/metrics`],
    );
    await setSetting('config', undefined);
    await vscode.workspace.fs.delete(file);
  });

  it('has rates after two scrapes of a native server', async () => {
    await useConfig('run_engines_locally: false', `external_server_urls: ["127.0.0.1:${native.port}"]`);
    native.step('02');
    await api.scrape();
    native.step('03');
    const { values, measures, window } = await api.scrape();
    assert.ok(window);
    assert.ok((values['vllm/generation_throughput_tok_s'] ?? 0) > 0);
    assert.ok((measures['generation_throughput_tok_s']?.value ?? 0) > 0);
    await waitForState(api, 'fresh');
  });

  it('treats a lone proxy as a router', async () => {
    const router = await serve(() => text(200, '# HELP router_requests x\nrouter_requests 1\n'));
    await useConfig('run_engines_locally: false', `external_proxy_url: ${router.url}`);
    const { targets } = await api.scrape();
    assert.deepEqual(
      targets.map(({ url, kind, state }) => [url, kind, state]),
      [[`${router.url}/metrics`, 'router', 'empty']],
    );
    await waitForState(api, 'router-only');
    await router.close();
  });

  it('adds the endpoints of the settings to what it finds', async () => {
    await useConfig('num_engines: 3');
    await setSetting('endpoints', [`127.0.0.1:${native.port}`]);
    const { targets } = await api.scrape();
    assert.deepEqual(
      targets.map(({ kind }) => kind),
      ['ray', 'ray', 'vllm'],
    );
    assert.equal(targets[2]?.url, `${native.url}/metrics`);
  });

  it('treats an endpoint at Dynamo’s port as a Dynamo worker', async () => {
    restore = setEnvironment({ DYN_SYSTEM_PORT: String(native.port) });
    await setSetting('endpoints', [native.url]);
    assert.equal((await api.scrape()).targets.at(-1)?.kind, 'dynamo');
  });

  it('has a finding, and no error, for an endpoint without engine series', async () => {
    const server = await serve(() => text(200, 'process_start_time_seconds 1\n'));
    await setSetting('endpoints', [server.url]);
    const { targets, findings } = await api.scrape();
    assert.equal(targets.at(-1)?.state, 'empty');
    assert.ok(findings.some(({ id, message }) => id === 'server-without-engine' && message.includes(server.url)));
    await waitForState(api, 'fresh');
    await server.close();
  });

  for (const [url, reason] of [
    ['http://169.254.169.254/latest/meta-data', /link-local/],
    ['http://[fe80::1]:8000', /link-local/],
    ['http://[::ffff:169.254.169.254]/', /link-local/],
    ['file:///etc/passwd', /http and https/],
    ['ftp://127.0.0.1/metrics', /http and https/],
    ['http://', /not a URL/],
  ] as const) {
    it(`refuses ${url} in the workspace’s settings`, async () => {
      await setSetting('endpoints', [url]);
      const target = (await api.scrape()).targets.at(-1);
      assert.equal(target?.state, 'failed');
      assert.match(target.error ?? '', reason);
    });
  }

  it('refuses a metadata address in a service discovery', async () => {
    const dashboard = await serve(({ pathname }) =>
      pathname === '/api/version' ? json({ ray_version: '2.57.0' }) : json([{ targets: ['169.254.169.254:80'] }]),
    );
    await setSetting('ray.dashboardUrl', dashboard.url);
    const { targets } = await api.scrape();
    assert.deepEqual(
      targets.map(({ state }) => state),
      ['failed'],
    );
    assert.match(targets[0]?.error ?? '', /link-local/);
    await dashboard.close();
  });

  it('ignores a setting of a wrong type', async () => {
    await setSetting('endpoints', [7, null, '', ` ${native.url} `]);
    await setSetting('scrape.timeout', 'soon');
    const { targets } = await api.scrape();
    assert.deepEqual(
      targets.map(({ state }) => state),
      ['ok', 'ok', 'ok'],
    );
  });

  it('keeps the targets of the settings when the config is deleted', async () => {
    await removeFile('config/one.yaml');
    await until(async () => (await api.scrape()).targets.length === 2, 'the cluster’s nodes by the setting alone');
  });
});
