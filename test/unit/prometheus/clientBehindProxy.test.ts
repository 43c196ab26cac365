/** The client of a real Prometheus behind a real reverse proxy, at the addresses that people have. */
import assert from 'node:assert/strict';
import { queryBatch } from '../../../src/prometheus/batch';
import { createPrometheusClient, type PrometheusClient } from '../../../src/prometheus/client';
import { prometheusBase } from '../../../src/prometheus/prometheusUrl';
import { createSender } from '../../../src/prometheus/sender';
import { findNginx, startNginx } from '../../prometheus/nginx';
import { findPrometheus, startPrometheus, type RealPrometheus } from '../../prometheus/server';

const { signal } = new AbortController();
const openMetrics = ['# TYPE usage gauge', 'usage{engine="0"} 0.25 1700000000', '# EOF', ''].join('\n');
const at = 1_700_000_000_000;

/** Paths that lead to Prometheus, and how each refuses POST. */
const refusals: Record<string, string> = {
  '/prometheus/': '',
  '/select/0/prometheus/': '',
  '/workspaces/ws-1/': '',
  '/api/prom/': '',
  '/k8s/clusters/c-1/api/v1/namespaces/cattle/services/http:rancher-monitoring-prometheus:9090/proxy/': '',
  '/api/v1/namespaces/monitoring/services/prometheus-k8s:9090/proxy/':
    'return 403 \'{"kind":"Status","status":"Failure","reason":"Forbidden","message":"cannot create resource","code":403}\';',
  '/api/datasources/uid/abc/resources/': 'return 500 \'{"message":"An error occurred within the plugin"}\';',
  '/gateway/': 'return 405 \'{"detail":"Method Not Allowed"}\';',
  '/plain/': 'return 405;',
};
/** Grafana's proxy lets POST through for queries only. */
const grafana =
  'set $refusal $request_method$uri; if ($refusal ~ "^POST.*/(labels|series|format_query)$") { return 403 \'{"message":"Posts not allowed on proxied Prometheus datasource"}\'; }';

describe('the client of a real Prometheus behind a reverse proxy', () => {
  const sender = createSender();
  let real: RealPrometheus | undefined;
  let proxy: RealPrometheus | undefined;
  let sent: string[] = [];
  const clientAt = (typed: string): PrometheusClient => {
    sent = [];
    return createPrometheusClient({
      send: (request) => {
        sent.push(`${request.method} ${new URL(request.url).pathname.split('/api/v1/').at(-1)}`);
        return sender.send(request);
      },
      base: prometheusBase(`${proxy?.url}${typed}`, true),
      typedByUser: true,
      now: Date.now,
      headers: () => Promise.resolve({}),
    });
  };

  before(async function () {
    this.timeout(60_000);
    const [prometheus, nginx] = [findPrometheus(), findNginx()];
    if ('reason' in prometheus || 'reason' in nginx) return this.skip();
    real = await startPrometheus(prometheus.path, { openMetrics });
    const upstream = `proxy_pass ${real.url}/;`;
    proxy = await startNginx(nginx.path, [
      'default_type application/json;',
      'large_client_header_buffers 4 2k;',
      'location / { return 404 \'{"kind":"Status","status":"Failure","code":404}\'; }',
      `location /api/datasources/proxy/1/ { ${grafana} ${upstream} }`,
      ...Object.entries(refusals).map(
        ([path, refusal]) =>
          `location ${path} { ${refusal === '' ? '' : `if ($request_method = POST) { ${refusal} }`} ${upstream} }`,
      ),
    ]);
    return undefined;
  });
  after(async () => {
    await proxy?.stop();
    await real?.stop();
    await sender.close();
  });

  for (const typed of [
    '/prometheus/graph?g0.expr=up',
    '/api/v1/push',
    '/select/0/prometheus/api/v1/query?query=up',
    '/insert/0/prometheus/api/v1/write',
    '/select/0/vmui/#/?g0.expr=up',
    '/workspaces/ws-1/api/v1/remote_write',
    '/api/prom/push',
    '/k8s/clusters/c-1/api/v1/namespaces/cattle/services/http:rancher-monitoring-prometheus:9090/proxy/',
    '/k8s/clusters/c-1/api/v1/namespaces/cattle/services/http:rancher-monitoring-prometheus:9090/proxy/api/v1/labels',
  ])
    it(`asks Prometheus by POST, given ${typed}`, async () => {
      const client = clientAt(typed);
      const { data } = await client.query('usage', at, signal);
      assert.equal(data.type === 'vector' && data.samples[0]?.value, 0.25);
      assert.deepEqual(await client.labelNames([], signal), ['__name__', 'engine']);
      assert.deepEqual(sent, ['POST query', 'POST labels']);
      assert.equal(client.prefersGet, false);
    });

  for (const typed of [
    '/api/v1/namespaces/monitoring/services/prometheus-k8s:9090/proxy',
    '/api/v1/namespaces/monitoring/services/prometheus-k8s:9090/proxy/query?g0.expr=up',
    '/api/v1/namespaces/monitoring/services/prometheus-k8s:9090',
    '/api/datasources/uid/abc/resources',
    '/gateway/',
    '/plain',
  ])
    it(`learns once that POST is refused, given ${typed}`, async () => {
      const client = clientAt(typed);
      // Also an error of the query tells that GET is not refused.
      await assert.rejects(client.query('usage{', at, signal), { kind: 'bad-query' });
      const { data } = await client.query('usage', at, signal);
      assert.equal(data.type === 'vector' && data.samples[0]?.value, 0.25);
      assert.deepEqual(await client.series(['usage'], 10, signal), [{ __name__: 'usage', engine: '0' }]);
      assert.equal(await client.formatQuery('sum(usage)by(engine)', signal), 'sum by (engine) (usage)');
      assert.deepEqual(sent, ['POST query', 'GET query', 'GET query', 'GET series', 'GET format_query']);
    });

  it('sends a query by POST that is too long for GET, where only lookups are refused', async () => {
    const client = clientAt('/api/datasources/proxy/1/api/v1/query');
    assert.deepEqual(await client.labelNames([], signal), ['__name__', 'engine']);
    const { data } = await client.query(`usage${' + usage'.repeat(400)}`, at, signal);
    assert.equal(data.type === 'vector' && data.samples[0]?.value, 0.25 * 401);
    assert.deepEqual(sent, ['POST labels', 'GET labels', 'GET query', 'POST query']);
  });

  it('divides a batch that is too long for GET', async () => {
    const client = clientAt('/gateway');
    const ids = Array.from({ length: 60 }, (_, index) => `query ${index}`);
    const queries = ids.map((id) => ({ id, expression: 'max by (engine) (usage{engine=~"0|1|2|3"})' }));
    const { failures, itemsById, queryCount } = await queryBatch(client, queries, at, signal, 10_000);
    assert.deepEqual(failures, []);
    assert.deepEqual([...itemsById.keys()].sort(), [...ids].sort());
    assert.equal(queryCount, sent.filter((request) => request === 'GET query').length / 2 + 0.5);
  });

  it('says that a query is too long for GET where POST is refused', () =>
    assert.rejects(clientAt('/gateway').query(`usage${' + usage'.repeat(400)}`, at, signal), {
      kind: 'query-too-long',
    }));

  it('keeps the first error where both are refused', async () => {
    await assert.rejects(clientAt('/elsewhere').query('usage', at, signal), { kind: 'no-api' });
    assert.deepEqual(sent, ['POST query', 'GET query']);
  });
});
