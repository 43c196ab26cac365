/** Addresses of a Prometheus, from what people paste. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HttpError } from '../../../src/http/httpGet';
import { externalBase, pageUrl, prometheusBase } from '../../../src/prometheus/prometheusUrl';

/** A service in Kubernetes' API, without its port. */
const service = '/api/v1/namespaces/monitoring/services/prometheus-k8s';

describe('the address of a Prometheus', () => {
  for (const [typed, base] of [
    ['127.0.0.1:9090', 'http://127.0.0.1:9090'],
    [' https://h/prom/ ', 'https://h/prom'],
    ['http://h/graph?g0.expr=up', 'http://h'],
    ['http://h/p/classic/graph', 'http://h/p'],
    ['http://h/api/v1/query?query=up', 'http://h'],
    ['http://h/workspaces/ws-1/api/v1', 'http://h/workspaces/ws-1'],
    ['http://[::1]:9090/', 'http://[::1]:9090'],
    [`http://127.0.0.1:8001${service}:9090/proxy`, `http://127.0.0.1:8001${service}:9090/proxy`],
    [`http://127.0.0.1:8001${service}:web/proxy/graph?g0.expr=up`, `http://127.0.0.1:8001${service}:web/proxy`],
    [`https://h/k8s/clusters/c-m-abc${service}:9090/proxy/`, `https://h/k8s/clusters/c-m-abc${service}:9090/proxy`],
    [`http://h${service}:9090/proxy/api/v1/query?query=up`, `http://h${service}:9090/proxy`],
    [`http://h${service}:9090/proxy/prometheus/api/v1/label/job/values`, `http://h${service}:9090/proxy/prometheus`],
    [`http://h${service}:9090`, `http://h${service}:9090/proxy`],
    [
      'http://h/api/v1/namespaces/p/pods/prometheus-server-0/proxy',
      'http://h/api/v1/namespaces/p/pods/prometheus-server-0/proxy',
    ],
    ['http://h/api/datasources/proxy/1/api/v1/query', 'http://h/api/datasources/proxy/1'],
    ['http://h/api/datasources/proxy/uid/P-1', 'http://h/api/datasources/proxy/uid/P-1'],
    ['http://h/grafana/connections/datasources/edit/P-1', 'http://h/grafana/api/datasources/proxy/uid/P-1'],
    ['http://h/api/datasources/uid/abc/resources', 'http://h/api/datasources/uid/abc/resources'],
    ['https://h/api/prom/push', 'https://h/api/prom'],
    ['https://h/api/v1/push', 'https://h/prometheus'],
    ['https://h/prometheus/api/v1/query_range', 'https://h/prometheus'],
    ['https://h/workspaces/ws-1/api/v1/remote_write', 'https://h/workspaces/ws-1'],
    ['http://h:8481/select/0:3/prometheus/', 'http://h:8481/select/0:3/prometheus'],
    ['http://h:8481/select/0/vmui/#/?g0.expr=up', 'http://h:8481/select/0/prometheus'],
    ['http://h/insert/0/prometheus/api/v1/write', 'http://h/select/0/prometheus'],
    ['http://h:8428/vmui', 'http://h:8428'],
    ['http://h:9090/api/v1/write', 'http://h:9090'],
    ['http://h:9090/status/tsdb', 'http://h:9090/status/tsdb'],
    ['http://h/thanos/stores', 'http://h/thanos'],
    ['http://h/p/new/graph', 'http://h/p'],
    ['http://h:9090/metrics', 'http://h:9090'],
    ['http://h:9090/federate?match[]=up', 'http://h:9090'],
    ['http://h:9090/alertmanager-discovery', 'http://h:9090'],
    ['http://h/connections/datasources/edit/P-1/dashboards', 'http://h/api/datasources/proxy/uid/P-1'],
    ['https://h/monitoring/query-browser?query0=up', 'https://h/api/prometheus'],
    ['https://h/console/monitoring/dashboards/etcd', 'https://h/console/api/prometheus'],
    ['https://h/api/prometheus/api/v1/query?query=up', 'https://h/api/prometheus'],
    [
      `https://h/g/explore?schemaVersion=1&panes=${encodeURIComponent('{"a1":{"datasource":"P-1","queries":[]}}')}&orgId=1`,
      'https://h/g/api/datasources/proxy/uid/P-1',
    ],
    [
      `http://h/explore?left=${encodeURIComponent('{"datasource":{"type":"prometheus","uid":"a/b"}}')}`,
      'http://h/api/datasources/proxy/uid/a%2Fb',
    ],
    ['http://h/explore-metrics', 'http://h/explore-metrics'],
    ['http://h/d/prometheus', 'http://h/d/prometheus'],
  ] as const)
    it(`is ${base} for the input ${typed}`, () => assert.equal(prometheusBase(typed), base));
  for (const typed of [
    'http://h/explore',
    'http://h/explore?panes={',
    'http://h/explore?panes=[]&left=1',
    'https://h/g/d/ab1/name?orgId=1',
  ])
    it(`cannot be the page of Grafana ${typed}, which says what to give instead`, () =>
      assert.throws(() => prometheusBase(typed), /page of Grafana.*data source’s page/));
  for (const typed of ['', 'ftp://h', 'http://u:p@h', 'http://169.254.169.254', 'javascript:alert(1)'])
    it(`cannot be the input ${JSON.stringify(typed)}`, () => assert.throws(() => prometheusBase(typed), HttpError));
  it('has a page for a query', () =>
    assert.equal(
      pageUrl('http://h/p', 'a b&c', { rangeMs: 60_000 }),
      'http://h/p/graph?g0.expr=a%20b%26c&g0.tab=0&g0.range_input=60s',
    ));

  it('has a page with exactly the query, however the page reads it', () =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'+&#%"=?/\\;\'{}[]` \r\n\taé大😀') }), (query) => {
        const url = pageUrl('http://h/p', query, { at: 0 });
        assert.equal(new URL(url).searchParams.get('g0.expr'), query);
        const [, raw = ''] = /[?&]g0\.expr=([^&]*)/.exec(url) ?? [];
        assert.equal(decodeURIComponent(raw), query);
        // Nothing in it that a browser, a terminal or VS Code would encode again.
        assert.equal(new URL(url).href, url);
      }),
    ));

  it('has a page behind a tunnel', () => {
    assert.equal(externalBase('http://127.0.0.1:9090/prom', 'http://localhost:41234/'), 'http://localhost:41234/prom');
    assert.equal(externalBase('http://127.0.0.1:9090', 'https://h/proxy/9090/'), 'https://h/proxy/9090');
  });
});
