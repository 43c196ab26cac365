import { strict as assert } from 'node:assert';
import type { DiscoveryInput } from '../../../src/discovery/discover';
import { nodeUrlsOf, requestsOf, urlsOf, useDiscoveryFixture } from './discoveryFixture';

describe('discoverActors', () => {
  const fixture = useDiscoveryFixture();

  it('returns the recorded actors by worker, asking twice', async () => {
    const ray = await fixture.cluster();
    ray.step('11');
    const found = await fixture.discover({ dashboardSetting: ray.dashboard.url });
    ray.forgetRequests();
    const actors = await fixture.discoverActors(found);
    assert.deepEqual(requestsOf(ray), Array(2).fill('GET /logical/actors'));
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

  it('returns no actors for an answer of another shape, and undefined if the request fails', async () => {
    const ray = await fixture.cluster();
    const found = await fixture.discover({ dashboardSetting: ray.dashboard.url });
    await ray.dashboard.fault(
      { kind: 'body', body: '{"data": {"actors": {"x": {"state": 5}, "y": null}}}' },
      '/logical/actors',
    );
    assert.deepEqual(await fixture.discoverActors(found), new Map());
    await ray.dashboard.fault({ kind: 'status', status: 500 }, '/logical/actors');
    assert.equal(await fixture.discoverActors(found), undefined);
  });
});

describe('discover', () => {
  const fixture = useDiscoveryFixture();

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
    it(`does not ask Ray for ${JSON.stringify(input)}`, async () => {
      const found = await fixture.discover(input);
      assert.deepEqual(
        found.targets.map(({ url, kind }) => [url, kind]),
        expected,
      );
      assert.deepEqual([found.dashboard, found.reason === ''], [undefined, false]);
    });
  }

  it('keeps at most 4,000 targets, all endpoints among them, and says how many it left out', async () => {
    const serverUrls = Array.from({ length: 10_000 }, (_, index) => `http://10.0.${index >> 8}.${index & 255}:8000`);
    const found = await fixture.discover({ metricsPath: 'external-servers', serverUrls, endpoints: ['h:1'] });
    assert.deepEqual([found.targets.length, found.omittedTargets], [4_000, 6_001]);
    assert.equal(found.targets.at(-1)?.url, 'http://h:1/metrics');
    assert.match(found.reason, /Only 4000 of 10001 targets are scraped/);
  });

  it('adds endpoints to Ray’s targets, typed by the user if their setting is', async () => {
    const ray = await fixture.cluster();
    const found = await fixture.discover({
      dashboardSetting: ray.dashboard.url,
      endpoints: ['h:8000'],
      endpointsTyped: true,
    });
    assert.deepEqual(urlsOf(found), [...nodeUrlsOf(ray), 'http://h:8000/metrics']);
    assert.deepEqual(
      found.targets.map(({ typedByUser = false }) => typedByUser),
      [false, false, true],
    );
  });

  it('sends only GET requests, without a header that could carry a secret', async () => {
    const ray = await fixture.cluster({ withoutServiceDiscovery: true });
    await fixture.discoverActors(await fixture.discover({ dashboardSetting: ray.dashboard.url }));
    assert.ok(ray.dashboard.requests.length >= 5);
    for (const { method, headers } of ray.dashboard.requests)
      assert.deepEqual([method, headers.authorization, headers.cookie], ['GET', undefined, undefined]);
  });
});
