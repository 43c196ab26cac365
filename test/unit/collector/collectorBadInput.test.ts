/**
 * The collector against servers that misbehave: errors have a message, nothing hangs, and only allowed GET requests are
 * made.
 */
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
import { assertObeys } from '../support/assertObeys';
import { catalogIndex } from '../support/catalogIndex';

const token = 'tok-4711-secret';
/** Skips the pause between two requests to a dashboard. */
const clock: Clock = { ...systemClock, after: (_, call) => systemClock.after(0, call) };

/** The timeout of a request, in ms. Only silence is waited for, so that on a busy machine no other answer is too late. */
const timeouts = { silence: 2500, answer: 20_000 };

describe('the collector with bad input', () => {
  let client: HttpClient;
  let cluster: Replay;
  let native: NativeReplay;
  /** A server that redirects lead to. */
  let elsewhere: FixtureServer;
  let collector: Collector;
  let input: Partial<DiscoveryInput>;
  let timeoutMs: number;

  beforeEach(async () => {
    client = createHttpClient(() => Date.now());
    cluster = await replay({ recording: 'ray-2.57', rewriteDiscoveryFile: false, token });
    native = await replayNative();
    elsewhere = await serve(() => text(200, 'ray_vllm_num_requests_running{WorkerId="w"} 1\n'));
    input = {};
    timeoutMs = timeouts.answer;
    collector = new Collector({
      catalogIndex: () => catalogIndex,
      get: client.get,
      clock,
      onChange: () => undefined,
      onSnapshot: assertObeys,
      input: () => ({
        discovery: {
          metricsPath: 'ray',
          serverUrls: [],
          serverCount: 1,
          dashboardSetting: cluster.dashboard.url,
          // So that the token that is found may be sent to its port.
          dashboardTyped: true,
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
    collector.dispose();
    const toTargets = [...cluster.nodes, native, elsewhere].flatMap(({ requests }) => requests);
    for (const { method, headers } of [...cluster.dashboard.requests, ...toTargets]) {
      assert.equal(method, 'GET');
      assert.ok(!JSON.stringify(headers).includes(token) || headers.host === new URL(cluster.dashboard.url).host);
    }
    for (const { headers } of toTargets) assert.ok(!JSON.stringify(headers).includes(token), 'a target saw the token');
    assert.deepEqual(elsewhere.requests, []);
    assert.ok(!JSON.stringify([collector.snapshot, collector.round]).includes(token), 'the token is in what is shown');
    await Promise.all([client.close(), cluster.close(), native.close(), elsewhere.close()]);
  });

  const faults: readonly (readonly [string, (elsewhereUrl: string) => Fault])[] = [
    ['404', () => ({ kind: 'status', status: 404 })],
    ['500', () => ({ kind: 'status', status: 500, body: `<b>${token}</b>` })],
    ['HTML', () => ({ kind: 'html' })],
    ['half of the body', () => ({ kind: 'cut', framed: true })],
    ['half of the body, without its length', () => ({ kind: 'cut', framed: false })],
    ['50 MB', () => ({ kind: 'oversize', bytes: 50e6 })],
    ['nothing', () => ({ kind: 'silent' })],
    ['a closed connection', () => ({ kind: 'reset' })],
    ['bytes', () => ({ kind: 'garbage' })],
    ['a redirect to another origin', (url) => ({ kind: 'redirect', to: `${url}/metrics` })],
    ['a redirect to a file', () => ({ kind: 'redirect', to: 'file:///etc/passwd' })],
    ['a redirect to a metadata address', () => ({ kind: 'redirect', to: 'http://169.254.169.254/latest/meta-data' })],
  ];
  const servers: readonly (readonly [what: string, path: string, serverOf: () => FixtureServer])[] = [
    ['the dashboard’s version', '/api/version', () => cluster.dashboard],
    ['the dashboard’s service discovery', '/api/prometheus/sd', () => cluster.dashboard],
    ['the dashboard’s actors', '/logical/actors', () => cluster.dashboard],
    ['a node', '/metrics', () => cluster.nodes[0] as FixtureServer],
    ['a server', '/metrics', () => native],
    ['a server’s version', '/version', () => native],
    ['a server’s sleep state', '/is_sleeping', () => native],
  ];
  for (const [what, path, serverOf] of servers) {
    for (const [answer, fault] of faults) {
      it(`survives ${what} that answers with ${answer}`, async () => {
        const made = fault(elsewhere.url);
        if (made.kind === 'silent') timeoutMs = timeouts.silence;
        await serverOf().fault(made, path);
        const startedAt = Date.now();
        const { targets, engines } = await collector.scrape('api');
        assert.ok(Date.now() - startedAt < timeouts.answer, 'an answer was waited for until its timeout');
        for (const { url, state, error } of targets) assert.equal(state === 'failed', Boolean(error), url);
        const { discovery, errors } = collector.round ?? assert.fail();
        const messages = [discovery.dashboard?.error?.message, ...[...errors.values()].map(({ message }) => message)]
          .filter(Boolean)
          .join();
        if (path === '/metrics') assert.ok(messages.length >= 8 || answer === '50 MB', messages);
        // A fault in what is not the engines' own answer loses no engine.
        if (path !== '/metrics' && path !== '/api/version' && path !== '/api/prometheus/sd')
          assert.ok(engines.length >= 3, `${engines.length} engines`);
      });
    }
  }

  it('asks no file, metadata address or URL with a password that the service discovery names', async () => {
    const targets = [
      'file:///etc/passwd',
      '169.254.169.254:80',
      'user:secret@127.0.0.1:1',
      '[fe80::1]:9',
      '127.0.0.1:99999',
      ':80',
    ];
    await cluster.dashboard.fault({ kind: 'body', body: JSON.stringify([{ targets }]) }, '/api/prometheus/sd');
    const snapshot = await collector.scrape('api');
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
    it(`asks no dashboard at ${url}`, async () => {
      input = { dashboardSetting: url, dashboardTyped: false, endpoints: [] };
      await collector.scrape('api');
      assert.equal(collector.round?.discovery.dashboard?.error?.kind, 'not-allowed');
    });
  }

  it('uses the dashboard’s targets, and says so, if the targets of a recent service-discovery file refuse', async () => {
    cluster.rayTmpDir.write(JSON.stringify([{ targets: ['127.0.0.1:1', '127.0.0.1:2'] }]));
    input = {
      environment: { RAY_TMPDIR: cluster.rayTmpDir.path, HOME: '/nonexistent', RAY_AUTH_TOKEN: token },
      endpoints: [],
    };
    const { targets } = await collector.scrape('api');
    assert.deepEqual(
      targets.map(({ url, state }) => [url, state]),
      cluster.nodes.map(({ url }) => [`${url}/metrics`, 'ok']),
    );
    assert.match(collector.round?.discovery.reason ?? '', /None of the targets in the service-discovery file answers/);
    // The timer does not ask the dead targets again.
    await collector.tick();
    assert.deepEqual(
      collector.round?.discovery.targets.map(({ discoveredBy }) => discoveredBy),
      ['dashboard', 'dashboard'],
    );
  });

  it('keeps the targets that refuse, with their errors, if there is no dashboard', async () => {
    cluster.rayTmpDir.write(JSON.stringify([{ targets: ['127.0.0.1:1'] }]));
    input = {
      dashboardSetting: 'http://127.0.0.1:3',
      environment: { RAY_TMPDIR: cluster.rayTmpDir.path, HOME: '/nonexistent' },
      endpoints: [],
    };
    const { targets } = await collector.scrape('api');
    assert.deepEqual(
      targets.map(({ state, error }) => [state, error]),
      [['failed', 'connection refused']],
    );
    assert.match(collector.round?.discovery.reason ?? '', /its cluster has ended/);
  });
});
