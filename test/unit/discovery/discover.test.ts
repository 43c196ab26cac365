import { strict as assert } from 'node:assert';
import { discover, discoverActors, type Discovery, type DiscoveryInput } from '../../../src/discovery/discover';
import { noTokens } from '../../../src/discovery/token';
import {
  json,
  replay,
  serve,
  text,
  type FixtureServer,
  type Replay,
  type ReplayOptions,
} from '../../demonstration/index';
import { realAsking, type RealAsking } from '../support/client';

const nowhere = { RAY_TMPDIR: '/nonexistent', HOME: '/nonexistent' };
const inputOf = (input: Partial<DiscoveryInput>): DiscoveryInput => ({
  metricsPath: 'ray',
  serverUrls: [],
  serverCount: 1,
  dashboardSetting: '',
  dashboardTyped: false,
  endpoints: [],
  endpointsTyped: false,
  environment: nowhere,
  tokens: noTokens,
  ...input,
});

describe('discovery over HTTP', () => {
  let asking: RealAsking;
  const opened: { close(): Promise<void> }[] = [];
  beforeEach(() => {
    asking = realAsking();
  });
  afterEach(async () => {
    await Promise.all([asking.client.close(), ...opened.splice(0).map((each) => each.close())]);
  });

  async function cluster(options: Partial<ReplayOptions> = {}): Promise<Replay> {
    const started = await replay({ recording: 'ray-2.57', rewriteDiscoveryFile: false, ...options });
    opened.push(started);
    return started;
  }

  async function server(handler: Parameters<typeof serve>[0]): Promise<FixtureServer> {
    const started = await serve(handler);
    opened.push(started);
    return started;
  }

  const look = (input: Partial<DiscoveryInput>): Promise<Discovery> =>
    discover(inputOf(input), { requestOptions: asking, now: Date.now(), find: () => Promise.resolve([]) });
  const actorsOf = ({ dashboard }: Discovery): ReturnType<typeof discoverActors> =>
    discoverActors(dashboard, inputOf({}), asking);
  const urls = ({ targets }: Discovery): string[] => targets.map(({ url }) => url);
  const nodeUrls = ({ nodes }: Replay): string[] => nodes.map(({ url }) => `${url}/metrics`);
  const asked = (from: Replay): string[] => from.dashboard.requests.map(({ method, url }) => `${method} ${url}`);

  it('a fresh file: its targets, no list asked for, the version known', async () => {
    const ray = await cluster();
    const found = await look({ dashboardSetting: ray.dashboard.url, environment: { RAY_TMPDIR: ray.rayTmpDir.path } });
    assert.deepEqual([urls(found), found.targets[0]?.discoveredBy], [nodeUrls(ray), 'file']);
    assert.deepEqual([found.ray.version, found.ray.session === undefined], ['2.57.0', false]);
    assert.deepEqual(asked(ray), ['GET /api/version']);
  });

  it('a fresh file and no dashboard: its targets, and the dashboard’s error', async () => {
    const ray = await cluster();
    await ray.dashboard.fault({ kind: 'refuse' });
    const found = await look({ dashboardSetting: ray.dashboard.url, environment: { RAY_TMPDIR: ray.rayTmpDir.path } });
    assert.deepEqual(
      [urls(found), found.dashboard?.state, found.dashboard?.error?.kind, found.ray],
      [nodeUrls(ray), 'failed', 'refused', {}],
    );
  });

  it('a stale file: the dashboard’s list', async () => {
    const ray = await cluster();
    ray.rayTmpDir.setAge(60);
    const found = await look({ dashboardSetting: ray.dashboard.url, environment: { RAY_TMPDIR: ray.rayTmpDir.path } });
    assert.deepEqual(
      [urls(found), found.targets[0]?.discoveredBy, found.file?.isFresh],
      [nodeUrls(ray), 'dashboard', false],
    );
    assert.deepEqual(asked(ray), ['GET /api/version', 'GET /api/prometheus/sd']);
  });

  it('a fresh file of another session than the dashboard that somebody named: the dashboard’s list', async () => {
    const [ray, other] = [await cluster(), await cluster({ recording: 'ray-2.56' })];
    const environment = { RAY_TMPDIR: other.rayTmpDir.path };
    for (const named of [
      { dashboardSetting: ray.dashboard.url, environment },
      { environment: { ...environment, RAY_ADDRESS: ray.dashboard.url } },
    ]) {
      assert.deepEqual(urls(await look(named)), nodeUrls(ray));
    }
  });

  it('a file that names nothing: the dashboard’s list', async () => {
    const ray = await cluster();
    ray.rayTmpDir.write('[]');
    assert.deepEqual(
      urls(await look({ dashboardSetting: ray.dashboard.url, environment: { RAY_TMPDIR: ray.rayTmpDir.path } })),
      nodeUrls(ray),
    );
  });

  it('RAY_ADDRESS names the dashboard', async () => {
    const ray = await cluster();
    const found = await look({ environment: { ...nowhere, RAY_ADDRESS: ray.dashboard.url } });
    assert.deepEqual([urls(found), found.dashboard?.configuredBy], [nodeUrls(ray), 'RAY_ADDRESS']);
  });

  it('no service discovery (404, older Ray): the nodes, asked twice, a moment apart', async () => {
    const ray = await cluster({ withoutServiceDiscovery: true, cached: true });
    const found = await look({ dashboardSetting: ray.dashboard.url });
    assert.deepEqual([urls(found), found.targets[0]?.discoveredBy], [nodeUrls(ray), 'nodes']);
    assert.deepEqual(asked(ray).slice(2), Array(2).fill('GET /nodes?view=summary'));
    assert.deepEqual(asking.pauses, [250]);
  });

  it('the nodes’ second answer counts: the first is as old as the last question', async () => {
    const ray = await cluster({ withoutServiceDiscovery: true });
    let answers = 0;
    const late = await server((url) =>
      url.pathname === '/nodes' ? json({ data: { summary: nodes(answers++ === 0 ? 1 : 2) } }) : text(404, 'no'),
    );
    assert.deepEqual(urls(await look({ dashboardSetting: late.url })), ['http://192.0.2.1:2/metrics']);
    assert.equal(ray.dashboard.requests.length, 0);
  });

  const nodes = (
    port: number,
    state = 'ALIVE',
    address: string | null = '192.0.2.1',
  ): { raylet: Record<string, string | number | null> }[] => [
    { raylet: { nodeManagerAddress: address, metricsExportPort: port, state } },
  ];
  const summaries: readonly (readonly [rule: string, summary: Parameters<typeof json>[0], expected: string[]])[] = [
    ['a dead node', nodes(1, 'DEAD'), []],
    ['port 0', nodes(0), []],
    ['no address', nodes(1, 'ALIVE', null), []],
    ['an IPv6 address', nodes(1, 'ALIVE', '2001:db8::1'), ['http://[2001:db8::1]:1/metrics']],
    ['the autoscaler’s port', nodes(44217), []],
    ['no raylet, no object', [{}, null, 5], []],
    ['no list', {}, []],
  ];
  for (const [rule, summary, expected] of summaries) {
    it(`nodes: ${rule}`, async () => {
      const { url } = await server((asked) =>
        asked.pathname === '/nodes' ? json({ data: { summary } }) : text(404, 'no'),
      );
      assert.deepEqual(urls(await look({ dashboardSetting: url })), expected);
    });
  }

  for (const [token, status, kind] of [
    ['secret', 401, 'unauthorised'],
    ['secret', 403, 'forbidden'],
  ] as const) {
    it(`a dashboard that asks for a token (${status}) is asked once and names nothing`, async () => {
      const ray = await cluster({ token });
      if (status === 403) await ray.dashboard.fault({ kind: 'status', status: 403 });
      const found = await look({ dashboardSetting: ray.dashboard.url });
      assert.deepEqual(
        [found.targets, found.dashboard?.error?.kind, found.dashboard?.error?.status],
        [[], kind, status],
      );
      assert.deepEqual(asked(ray), ['GET /api/version']);
      assert.equal(await actorsOf(found), undefined);
    });
  }

  for (const [what, answer] of [
    ['a page for people', { kind: 'html' }],
    ['JSON of another kind', { kind: 'body', body: '{"hello": 1}' }],
    ['bytes', { kind: 'garbage' }],
  ] as const) {
    it(`${what} instead of a dashboard names nothing and throws nothing`, async () => {
      const ray = await cluster();
      await ray.dashboard.fault(answer);
      const found = await look({ dashboardSetting: ray.dashboard.url });
      assert.deepEqual(found.targets, []);
      if (what !== 'JSON of another kind') assert.equal(found.dashboard?.error?.kind, 'wrong-type');
    });
  }

  for (const dashboardSetting of [
    'http://169.254.169.254',
    'http://2852039166',
    'http://[::ffff:a9fe:a9fe]',
    'file:///etc',
  ]) {
    it(`${dashboardSetting} is not asked`, async () => {
      const found = await look({ dashboardSetting });
      assert.deepEqual([found.targets, found.dashboard?.error?.kind], [[], 'not-allowed']);
    });
  }

  it('actors: asked twice, by worker, with what the recording says', async () => {
    const ray = await cluster();
    ray.step('11');
    const found = await look({ dashboardSetting: ray.dashboard.url });
    ray.forgetRequests();
    const actors = await actorsOf(found);
    assert.deepEqual(asked(ray), Array(2).fill('GET /logical/actors'));
    const byState = [...(actors?.values() ?? [])].map(({ className, state }) => `${className} ${state}`).sort();
    assert.deepEqual(byState, [
      'Trainer ALIVE',
      'VLLMServerActor ALIVE',
      'VLLMServerActor ALIVE',
      'VLLMServerActor ALIVE',
      'VLLMServerActor DEAD',
    ]);
    const dead = [...(actors?.values() ?? [])].find(({ state }) => state === 'DEAD');
    assert.deepEqual([dead?.pid, dead?.node, dead?.endedAt], [25765, '192.0.2.2', 1795372047936]);
    assert.ok(
      [...(actors ?? [])].every(
        ([workerId, actor]) =>
          actor.workerId === workerId && (actor.state === 'DEAD') === (actor.endedAt !== undefined),
      ),
    );
  });

  it('actors: an answer of another shape is no actors, a failing one is nobody to ask', async () => {
    const ray = await cluster();
    const found = await look({ dashboardSetting: ray.dashboard.url });
    await ray.dashboard.fault(
      { kind: 'body', body: '{"data": {"actors": {"x": {"state": 5}, "y": null}}}' },
      '/logical/actors',
    );
    assert.deepEqual(await actorsOf(found), new Map());
    await ray.dashboard.fault({ kind: 'status', status: 500 }, '/logical/actors');
    assert.equal(await actorsOf(found), undefined);
  });

  it('cancelled in the middle: no targets, an error, no throw', async () => {
    const ray = await cluster();
    await ray.dashboard.fault({ kind: 'silent' });
    const looking = look({ dashboardSetting: ray.dashboard.url });
    asking.cancel();
    assert.equal((await looking).dashboard?.error?.kind, 'cancelled');
  });

  const rows: readonly (readonly [Partial<DiscoveryInput>, [url: string, kind: string][]])[] = [
    [
      { metricsPath: 'external-servers', serverUrls: ['h:8000', 'http://i:8000'] },
      [
        ['http://h:8000/metrics', 'vllm'],
        ['http://i:8000/metrics', 'vllm'],
      ],
    ],
    [{ metricsPath: 'external-proxy', proxyUrl: 'http://proxy' }, [['http://proxy/metrics', 'router']]],
    [{ metricsPath: 'external-proxy' }, []],
    [{ metricsPath: 'none' }, []],
    [{ metricsPath: 'none', endpoints: ['h:8000'] }, [['http://h:8000/metrics', 'vllm']]],
    [
      { metricsPath: 'none', endpoints: ['h:8081', 'http://h:8081/metrics', 'h:18081'] },
      [
        ['http://h:8081/metrics', 'dynamo'],
        ['http://h:18081/metrics', 'vllm'],
      ],
    ],
    [
      { metricsPath: 'none', endpoints: ['h:9000', 'h:8081'], environment: { DYN_SYSTEM_PORT: '9000' } },
      [
        ['http://h:9000/metrics', 'dynamo'],
        ['http://h:8081/metrics', 'vllm'],
      ],
    ],
  ];
  for (const [input, expected] of rows) {
    it(`${JSON.stringify(input)}: Ray is not asked`, async () => {
      const found = await look(input);
      assert.deepEqual(
        found.targets.map(({ url, kind }) => [url, kind]),
        expected,
      );
      assert.deepEqual([found.dashboard, found.reason === ''], [undefined, false]);
    });
  }

  it('endpoints are added to what Ray names, and are as typed as their setting', async () => {
    const ray = await cluster();
    const found = await look({ dashboardSetting: ray.dashboard.url, endpoints: ['h:8000'], endpointsTyped: true });
    assert.deepEqual(urls(found), [...nodeUrls(ray), 'http://h:8000/metrics']);
    assert.deepEqual(
      found.targets.map(({ typedByUser = false }) => typedByUser),
      [false, false, true],
    );
  });

  it('only GET is ever sent, and no header that could carry a secret', async () => {
    const ray = await cluster({ withoutServiceDiscovery: true });
    await actorsOf(await look({ dashboardSetting: ray.dashboard.url }));
    assert.ok(ray.dashboard.requests.length >= 5);
    for (const { method, headers } of ray.dashboard.requests)
      assert.deepEqual([method, headers.authorization, headers.cookie], ['GET', undefined, undefined]);
  });
});
