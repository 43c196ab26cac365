import { strict as assert } from 'node:assert';
import { fetchTargets } from '../../../src/discovery/dashboard';
import { json, text } from '../../demonstration/index';
import { emptyEnvironment, nodeUrlsOf, requestsOf, urlsOf, useDiscoveryFixture } from './discoveryFixture';

describe('discovering a Ray cluster', () => {
  const fixture = useDiscoveryFixture();

  it('takes the targets of a fresh file and asks the dashboard for its version only', async () => {
    const ray = await fixture.cluster();
    const found = await fixture.discover({
      dashboardSetting: ray.dashboard.url,
      environment: { RAY_TMPDIR: ray.rayTmpDir.path },
    });
    assert.deepEqual([urlsOf(found), found.targets[0]?.discoveredBy], [nodeUrlsOf(ray), 'file']);
    assert.deepEqual([found.ray.version, found.ray.session === undefined], ['2.57.0', false]);
    assert.deepEqual(requestsOf(ray), ['GET /api/version']);
  });

  it('takes the targets of a fresh file if the dashboard fails, and reports its error', async () => {
    const ray = await fixture.cluster();
    await ray.dashboard.fault({ kind: 'refuse' });
    const found = await fixture.discover({
      dashboardSetting: ray.dashboard.url,
      environment: { RAY_TMPDIR: ray.rayTmpDir.path },
    });
    assert.deepEqual(
      [urlsOf(found), found.dashboard?.state, found.dashboard?.error?.kind, found.ray],
      [nodeUrlsOf(ray), 'failed', 'refused', {}],
    );
  });

  it('takes the dashboard’s list if the file is stale', async () => {
    const ray = await fixture.cluster();
    ray.rayTmpDir.setAge(60);
    const found = await fixture.discover({
      dashboardSetting: ray.dashboard.url,
      environment: { RAY_TMPDIR: ray.rayTmpDir.path },
    });
    assert.deepEqual(
      [urlsOf(found), found.targets[0]?.discoveredBy, found.file?.isFresh],
      [nodeUrlsOf(ray), 'dashboard', false],
    );
    assert.deepEqual(requestsOf(ray), ['GET /api/version', 'GET /api/prometheus/sd']);
  });

  it('takes the dashboard’s list if the file is of another session than the configured dashboard', async () => {
    const [ray, other] = [await fixture.cluster(), await fixture.cluster({ recording: 'ray-2.56' })];
    const environment = { RAY_TMPDIR: other.rayTmpDir.path };
    for (const named of [
      { dashboardSetting: ray.dashboard.url, environment },
      { environment: { ...environment, RAY_ADDRESS: ray.dashboard.url } },
    ]) {
      assert.deepEqual(urlsOf(await fixture.discover(named)), nodeUrlsOf(ray));
    }
  });

  it('looks where the script says if nothing else is named', async () => {
    const ray = await fixture.cluster();
    const hint = { file: '/jobs/run.sh', line: 3 };
    const found = await fixture.discover({
      environment: { HOME: '/nonexistent' },
      hints: [
        { ...hint, name: 'RAY_TMPDIR', value: ray.rayTmpDir.path },
        { ...hint, name: 'RAY_ADDRESS', value: ray.dashboard.url },
      ],
    });
    assert.deepEqual(
      [urlsOf(found), found.targets[0]?.discoveredBy, found.dashboard?.configuredBy, found.dashboard?.state],
      [nodeUrlsOf(ray), 'file', 'script', 'ok'],
    );
    assert.match(found.reason, /RAY_TMPDIR in run\.sh, line 3/);
  });

  it('asks nothing of a dashboard that is of another cluster than the file', async () => {
    const [ray, other] = [await fixture.cluster(), await fixture.cluster({ recording: 'ray-2.56' })];
    const found = await fixture.discover({
      environment: { RAY_TMPDIR: ray.rayTmpDir.path, HOME: '/nonexistent' },
      hints: [{ name: 'RAY_ADDRESS', value: other.dashboard.url, file: '/jobs/run.sh', line: 1 }],
    });
    assert.deepEqual([urlsOf(found), found.conflict?.shown, found.ray], [nodeUrlsOf(ray), 'file', {}]);
    assert.equal(await fixture.discoverActors(found), undefined);
    assert.deepEqual(requestsOf(other), ['GET /api/version']);
  });

  it('takes the dashboard’s list if the file names no targets', async () => {
    const ray = await fixture.cluster();
    ray.rayTmpDir.write('[]');
    assert.deepEqual(
      urlsOf(
        await fixture.discover({
          dashboardSetting: ray.dashboard.url,
          environment: { RAY_TMPDIR: ray.rayTmpDir.path },
        }),
      ),
      nodeUrlsOf(ray),
    );
  });

  it('leaves out the file of this machine if the cluster is reached by a proxy', async () => {
    const ray = await fixture.cluster();
    const found = await fixture.discover({
      dashboardSetting: ray.dashboard.url,
      environment: { RAY_TMPDIR: ray.rayTmpDir.path },
      isRemote: true,
    });
    assert.deepEqual([found.file, found.targets[0]?.discoveredBy], [undefined, 'dashboard']);
  });

  it('finds the dashboard in RAY_ADDRESS', async () => {
    const ray = await fixture.cluster();
    const found = await fixture.discover({ environment: { ...emptyEnvironment, RAY_ADDRESS: ray.dashboard.url } });
    assert.deepEqual([urlsOf(found), found.dashboard?.configuredBy], [nodeUrlsOf(ray), 'RAY_ADDRESS']);
  });

  it('asks for the nodes, twice with a pause, if there is no service discovery (404, older Ray)', async () => {
    const ray = await fixture.cluster({ withoutServiceDiscovery: true, cached: true });
    const found = await fixture.discover({ dashboardSetting: ray.dashboard.url });
    assert.deepEqual([urlsOf(found), found.targets[0]?.discoveredBy], [nodeUrlsOf(ray), 'nodes']);
    assert.deepEqual(requestsOf(ray).slice(2), Array(2).fill('GET /nodes?view=summary'));
    assert.deepEqual(fixture.client.pauses, [250]);
  });

  it('takes the second answer about the nodes, because the first is as old as the request before', async () => {
    const ray = await fixture.cluster({ withoutServiceDiscovery: true });
    let answers = 0;
    const late = await fixture.server((url) =>
      url.pathname === '/nodes' ? json({ data: { summary: nodes(answers++ === 0 ? 1 : 2) } }) : text(404, 'no'),
    );
    assert.deepEqual(urlsOf(await fixture.discover({ dashboardSetting: late.url })), ['http://192.0.2.1:2/metrics']);
    assert.equal(ray.dashboard.requests.length, 0);
  });

  it('does not ask for the nodes after an error that is not of HTTP, nor if the list is none', async () => {
    const paths: string[] = [];
    const options = {
      signal: new AbortController().signal,
      timeoutMs: 1000,
      sleep: () => Promise.resolve(),
      get: (url: string) => {
        paths.push(new URL(url).pathname);
        return Promise.reject(new RangeError('a fault of ours'));
      },
    };
    await assert.rejects(fetchTargets('http://127.0.0.1:1', options), RangeError);
    assert.deepEqual(paths, ['/api/prometheus/sd']);
    const { url, requests } = await fixture.server(() => json({ hello: 1 }));
    await assert.rejects(fetchTargets(url, fixture.client), {
      kind: 'wrong-type',
      message: /something else than a list/,
    });
    assert.deepEqual(
      requests.map((request) => request.url),
      ['/api/prometheus/sd'],
    );
  });

  const nodes = (
    port: number,
    state = 'ALIVE',
    address: string | null = '192.0.2.1',
  ): { raylet: Record<string, string | number | null> }[] => [
    { raylet: { nodeManagerAddress: address, metricsExportPort: port, state } },
  ];
  const summaries: readonly (readonly [rule: string, summary: Parameters<typeof json>[0], expected: string[]])[] = [
    ['leaves out a dead node', nodes(1, 'DEAD'), []],
    ['leaves out port 0', nodes(0), []],
    ['leaves out a node without address', nodes(1, 'ALIVE', null), []],
    ['puts an IPv6 address into brackets', nodes(1, 'ALIVE', '2001:db8::1'), ['http://[2001:db8::1]:1/metrics']],
    ['leaves out the autoscaler’s port', nodes(44217), []],
    ['leaves out what is not a node', [{}, null, 5], []],
    ['finds nothing if there is no list', {}, []],
  ];
  for (const [rule, summary, expected] of summaries) {
    it(`${rule} in the dashboard’s nodes`, async () => {
      const { url } = await fixture.server((asked) =>
        asked.pathname === '/nodes' ? json({ data: { summary } }) : text(404, 'no'),
      );
      assert.deepEqual(urlsOf(await fixture.discover({ dashboardSetting: url })), expected);
    });
  }

  for (const [token, status, kind] of [
    ['secret', 401, 'unauthorised'],
    ['secret', 403, 'forbidden'],
  ] as const) {
    it(`asks a dashboard that requires a token (${status}) once and finds nothing`, async () => {
      const ray = await fixture.cluster({ token });
      if (status === 403) await ray.dashboard.fault({ kind: 'status', status: 403 });
      const found = await fixture.discover({ dashboardSetting: ray.dashboard.url });
      assert.deepEqual(
        [found.targets, found.dashboard?.error?.kind, found.dashboard?.error?.status],
        [[], kind, status],
      );
      assert.deepEqual(requestsOf(ray), ['GET /api/version']);
      assert.equal(await fixture.discoverActors(found), undefined);
    });
  }

  for (const [what, answer] of [
    ['an HTML page', { kind: 'html' }],
    ['other JSON', { kind: 'body', body: '{"hello": 1}' }],
    ['binary data', { kind: 'garbage' }],
  ] as const) {
    it(`finds nothing if a dashboard answers with ${what}`, async () => {
      const ray = await fixture.cluster();
      await ray.dashboard.fault(answer);
      const found = await fixture.discover({ dashboardSetting: ray.dashboard.url });
      assert.deepEqual(found.targets, []);
      if (what !== 'other JSON') assert.equal(found.dashboard?.error?.kind, 'wrong-type');
    });
  }

  for (const dashboardSetting of [
    'http://169.254.169.254',
    'http://2852039166',
    'http://[::ffff:a9fe:a9fe]',
    'file:///etc',
  ]) {
    it(`does not contact ${dashboardSetting}`, async () => {
      const found = await fixture.discover({ dashboardSetting });
      assert.deepEqual([found.targets, found.dashboard?.error?.kind], [[], 'not-allowed']);
    });
  }

  it('reports an error and finds nothing if it is cancelled', async () => {
    const ray = await fixture.cluster();
    await ray.dashboard.fault({ kind: 'silent' });
    const looking = fixture.discover({ dashboardSetting: ray.dashboard.url });
    fixture.client.cancel();
    assert.equal((await looking).dashboard?.error?.kind, 'cancelled');
  });
});
