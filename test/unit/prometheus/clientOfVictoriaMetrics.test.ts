/** The client of a real VictoriaMetrics: its results and messages, and what its API lacks. */
import assert from 'node:assert/strict';
import type { PrometheusClient } from '../../../src/prometheus/client';
import type { PrometheusError } from '../../../src/prometheus/errors';
import { createSender } from '../../../src/prometheus/sender';
import type { RealPrometheus } from '../../prometheus/server';
import { findVictoria, startVictoria } from '../../prometheus/victoria';
import { clientOf } from './realServer';

const { signal } = new AbortController();
const begin = 1_700_000_000;
const samples = Array.from({ length: 61 }, (_, index) => index * 10)
  .flatMap((second) => [
    `tokens_total{engine="0"} ${5000 + second * 10} ${begin + second}`,
    `usage{engine="0"} 0.5 ${begin + second}`,
  ])
  .join('\n');
const end = (begin + 600) * 1000;

describe('the client of a real VictoriaMetrics', () => {
  const sender = createSender();
  let real: RealPrometheus;
  let client: PrometheusClient;

  before(async function () {
    this.timeout(60_000);
    const found = findVictoria();
    if ('reason' in found) return this.skip();
    real = await startVictoria(found.path, samples);
    client = clientOf(sender.send, real.url);
  });
  after(async () => {
    await real?.stop();
    await sender.close();
  });

  it('gets queries, ranges, names and labels', async () => {
    const { data } = await client.query('rate(tokens_total[1m])', end, signal);
    assert.ok(data.type === 'vector');
    assert.deepEqual(
      data.samples.map(({ value, labels }) => [value, labels]),
      [[10, { engine: '0' }]],
    );
    const range = await client.queryRange('usage', { from: end - 60_000, to: end, stepMs: 10_000 }, signal);
    assert.equal(range.data.type === 'matrix' && range.data.series[0]?.value.every((value) => value === 0.5), true);
    assert.deepEqual(await client.labelValues('__name__', [], signal), ['tokens_total', 'usage']);
    assert.deepEqual(await client.labelValues('engine', ['usage'], signal), ['0']);
    assert.deepEqual(await client.targets(signal), []);
  });

  it('formats nothing, because this server has no formatter, so that scratchpads use their own grammar', async () => {
    assert.equal(await client.formatQuery('sum(usage)', signal), undefined);
    assert.equal((await client.metadata(signal)).size, 0);
  });

  for (const [query, kind, message] of [
    ['sum(rate(tokens_total[1m])', 'bad-query', /^argList: unexpected token/],
    ['foo bar', 'bad-query', /^unparsed data left: "bar"/],
    ['unknown_fn(usage)', 'bad-query', /^unknown func/],
    ['usage{engine=~"("}', 'bad-query', /invalid regexp/],
    ['{engine="0"} * on () {engine="0"}', 'execution', /duplicate time series/],
  ] as const) {
    it(`rejects ${query} as ${kind}, without repeating the query`, async () => {
      await assert.rejects(client.query(query, end, signal), (error: PrometheusError) => {
        assert.equal(error.kind, kind, error.serverMessage);
        assert.match(error.serverMessage, message);
        return true;
      });
    });
  }
});
