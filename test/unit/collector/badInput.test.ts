/** Whatever a source answers: words, no hang, no request that should not have been made, and nothing but GET. */
import assert from 'node:assert/strict';
import type { DiscoveryInput } from '../../../src/discovery/discover';
import { noTokens } from '../../../src/discovery/token';
import { Collector } from '../../../src/collector/collector';
import { createHttpClient, type HttpClient } from '../../../src/http/httpClient';
import { systemClock, type Clock } from '../../../src/shared/clock';
import {
  replay,
  replayNative,
  serve,
  text,
  type Fault,
  type FixtureServer,
  type NativeReplay,
  type Replay,
} from '../../demonstration/index';
import { catalogIndex } from '../support/catalogIndex';

const token = 'tok-4711-secret';
/** Nothing here needs the moment between two questions to one dashboard. */
const clock: Clock = { ...systemClock, after: (_, call) => systemClock.after(0, call) };

/** The timeout of a request: only silence is waited for, so that on a busy machine no other answer is too late. */
const timeouts = { silence: 2500, answer: 20_000 };

describe('bad input', () => {
  let client: HttpClient;
  let cluster: Replay;
  let native: NativeReplay;
  let elsewhere: FixtureServer;
  let monitor: Collector;
  let input: Partial<DiscoveryInput>;
  let timeoutMs: number;

  beforeEach(async () => {
    client = createHttpClient(() => Date.now());
    cluster = await replay({ recording: 'ray-2.57', rewriteDiscoveryFile: false, token });
    native = await replayNative();
    elsewhere = await serve(() => text(200, 'ray_vllm_num_requests_running{WorkerId="w"} 1\n'));
    input = {};
    timeoutMs = timeouts.answer;
    monitor = new Collector({
      catalogIndex,
      get: client.get,
      clock,
      onChange: () => undefined,
      onSnapshot: () => undefined,
      input: () => ({
        discovery: {
          metricsPath: 'ray',
          serverUrls: [],
          serverCount: 1,
          dashboardSetting: cluster.dashboard.url,
          dashboardTyped: false,
          endpoints: [native.url],
          endpointsTyped: false,
          tokens: noTokens,
          environment: { RAY_TMPDIR: '/nonexistent', HOME: '/nonexistent', RAY_AUTH_TOKEN: token },
          ...input,
        },
        requestsAllowed: true,
        expectedEngines: 3,
        timeoutMs,
        intervalMs: 10_000,
        ignoreHold: true,
      }),
    });
  });

  afterEach(async () => {
    monitor.dispose();
    const toTargets = [...cluster.nodes, native, elsewhere].flatMap(({ requests }) => requests);
    for (const { method, headers } of [...cluster.dashboard.requests, ...toTargets]) {
      assert.equal(method, 'GET');
      assert.ok(!JSON.stringify(headers).includes(token) || headers.host === new URL(cluster.dashboard.url).host);
    }
    for (const { headers } of toTargets) assert.ok(!JSON.stringify(headers).includes(token), 'a target saw the token');
    assert.deepEqual(elsewhere.requests, []);
    assert.ok(!JSON.stringify([monitor.snapshot, monitor.round]).includes(token), 'the token stands in what is shown');
    await Promise.all([client.close(), cluster.close(), native.close(), elsewhere.close()]);
  });

  const faults: readonly (readonly [string, (elsewhereUrl: string) => Fault])[] = [
    ['404', () => ({ kind: 'status', status: 404 })],
    ['500', () => ({ kind: 'status', status: 500, body: `<b>${token}</b>` })],
    ['HTML', () => ({ kind: 'html' })],
    ['half of it', () => ({ kind: 'cut', framed: true })],
    ['half of it, without a word', () => ({ kind: 'cut', framed: false })],
    ['50 MB', () => ({ kind: 'oversize', bytes: 50e6 })],
    ['nothing', () => ({ kind: 'silent' })],
    ['a closed connection', () => ({ kind: 'reset' })],
    ['bytes', () => ({ kind: 'garbage' })],
    ['a redirect to another origin', (url) => ({ kind: 'redirect', to: `${url}/metrics` })],
    ['a redirect to a file', () => ({ kind: 'redirect', to: 'file:///etc/passwd' })],
    ['a redirect to a metadata address', () => ({ kind: 'redirect', to: 'http://169.254.169.254/latest/meta-data' })],
  ];
  const sources: readonly (readonly [what: string, path: string, of: () => FixtureServer])[] = [
    ['the dashboard’s version', '/api/version', () => cluster.dashboard],
    ['its service discovery', '/api/prometheus/sd', () => cluster.dashboard],
    ['its actors', '/logical/actors', () => cluster.dashboard],
    ['a node', '/metrics', () => cluster.nodes[0] as FixtureServer],
    ['a server', '/metrics', () => native],
    ['a server’s version', '/version', () => native],
    ['a server’s sleep state', '/is_sleeping', () => native],
  ];
  for (const [what, path, of] of sources) {
    for (const [answer, fault] of faults) {
      it(`${what}: ${answer}`, async () => {
        const made = fault(elsewhere.url);
        if (made.kind === 'silent') timeoutMs = timeouts.silence;
        await of().fault(made, path);
        const began = Date.now();
        const { targets, engines } = await monitor.scrape('api');
        assert.ok(Date.now() - began < timeouts.answer, 'no answer is waited for until its timeout');
        for (const { url, state, error } of targets) assert.equal(state === 'failed', Boolean(error), url);
        const { discovery, errors } = monitor.round ?? assert.fail();
        const said = [discovery.dashboard?.error?.message, ...[...errors.values()].map(({ message }) => message)]
          .filter(Boolean)
          .join();
        if (path === '/metrics') assert.ok(said.length >= 8 || answer === '50 MB', said);
        // What is not the engines' own answer costs no engine.
        if (path !== '/metrics' && path !== '/api/version' && path !== '/api/prometheus/sd')
          assert.ok(engines.length >= 3, `${engines.length} engines`);
      });
    }
  }

  it('the service discovery names a file, a metadata address, a name with a password: none is asked for anything', async () => {
    const targets = [
      'file:///etc/passwd',
      '169.254.169.254:80',
      'user:secret@127.0.0.1:1',
      '[fe80::1]:9',
      '127.0.0.1:99999',
      ':80',
    ];
    await cluster.dashboard.fault({ kind: 'body', body: JSON.stringify([{ targets }]) }, '/api/prometheus/sd');
    const snapshot = await monitor.scrape('api');
    const ray = snapshot.targets.filter(({ kind }) => kind === 'ray');
    assert.deepEqual(
      ray.map(({ url, state }) => [url, state]),
      [
        ['http://169.254.169.254:80/metrics', 'failed'],
        ['http://[fe80::1]:9/metrics', 'failed'],
      ],
    );
    assert.ok(ray.every(({ error }) => /link-local/.test(error ?? '')));
  });

  for (const url of [
    'file:///etc/passwd',
    'http://169.254.169.254',
    'ftp://127.0.0.1',
    'http://[fd00:ec2::254]',
    'javascript:alert(1)',
  ]) {
    it(`a dashboard at ${url} is not asked`, async () => {
      input = { dashboardSetting: url, endpoints: [] };
      await monitor.scrape('api');
      assert.equal(monitor.round?.discovery.dashboard?.error?.kind, 'not-allowed');
    });
  }

  it('a fresh service-discovery file whose targets refuse: the dashboard’s own, and it is said', async () => {
    cluster.rayTmpDir.write(JSON.stringify([{ targets: ['127.0.0.1:1', '127.0.0.1:2'] }]));
    input = {
      environment: { RAY_TMPDIR: cluster.rayTmpDir.path, HOME: '/nonexistent', RAY_AUTH_TOKEN: token },
      endpoints: [],
    };
    const { targets } = await monitor.scrape('api');
    assert.deepEqual(
      targets.map(({ url, state }) => [url, state]),
      cluster.nodes.map(({ url }) => [`${url}/metrics`, 'ok']),
    );
    assert.match(monitor.round?.discovery.reason ?? '', /None of the targets in the service-discovery file answers/);
    // The timer does not go to the dead ones again and again.
    await monitor.tick();
    assert.deepEqual(
      monitor.round?.discovery.targets.map(({ discoveredBy }) => discoveredBy),
      ['dashboard', 'dashboard'],
    );
  });

  it('…and without a dashboard the refused targets stay, with words', async () => {
    cluster.rayTmpDir.write(JSON.stringify([{ targets: ['127.0.0.1:1'] }]));
    input = {
      dashboardSetting: 'http://127.0.0.1:3',
      environment: { RAY_TMPDIR: cluster.rayTmpDir.path, HOME: '/nonexistent' },
      endpoints: [],
    };
    const { targets } = await monitor.scrape('api');
    assert.deepEqual(
      targets.map(({ state, error }) => [state, error]),
      [['failed', 'connection refused']],
    );
    assert.match(monitor.round?.discovery.reason ?? '', /its cluster has ended/);
  });
});
