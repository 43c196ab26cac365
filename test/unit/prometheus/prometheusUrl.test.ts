/** Addresses of a Prometheus, from what people paste. */
import assert from 'node:assert/strict';
import { HttpError } from '../../../src/http/httpGet';
import { pageUrl, prometheusBase } from '../../../src/prometheus/prometheusUrl';

describe('the address of a Prometheus', () => {
  for (const [typed, base] of [
    ['127.0.0.1:9090', 'http://127.0.0.1:9090'],
    [' https://h/prom/ ', 'https://h/prom'],
    ['http://h/graph?g0.expr=up', 'http://h'],
    ['http://h/p/classic/graph', 'http://h/p'],
    ['http://h/api/v1/query?query=up', 'http://h'],
    ['http://h/workspaces/ws-1/api/v1', 'http://h/workspaces/ws-1'],
    ['http://[::1]:9090/', 'http://[::1]:9090'],
  ] as const)
    it(`is ${base} for the input ${typed}`, () => assert.equal(prometheusBase(typed), base));
  for (const typed of ['', 'ftp://h', 'http://u:p@h', 'http://169.254.169.254', 'javascript:alert(1)'])
    it(`cannot be the input ${JSON.stringify(typed)}`, () => assert.throws(() => prometheusBase(typed), HttpError));
  it('has a page for a query', () =>
    assert.equal(
      pageUrl('http://h/p', 'a b&c', { rangeMs: 60_000 }),
      'http://h/p/graph?g0.expr=a+b%26c&g0.tab=0&g0.range_input=60s',
    ));
});
