/** The client of a real Prometheus with fixed data: its results, and every way in which it refuses. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PrometheusClient } from '../../../src/prometheus/client';
import { oneOf, quoteString } from '../../../src/prometheus/promqlText';
import { createSender } from '../../../src/prometheus/sender';
import { checkSyntax, format } from '../../../src/promql/language';
import { querySnippets } from '../../../src/promql/snippets';
import { substitute } from '../../../src/promql/variables';
import { findPrometheus, startPrometheus, type RealPrometheus } from '../../prometheus/server';
import { clientOf } from './realServer';

const { signal } = new AbortController();
/** Ten minutes of two engines: a counter that grows by 10 per second from 0, and a gauge. */
const begin = 1_700_000_000;
const steps = Array.from({ length: 61 }, (_, index) => index * 10);
const openMetrics = [
  '# TYPE tokens counter',
  ...['0', '1'].flatMap((engine) =>
    steps.map((second) => `tokens_total{engine="${engine}"} ${second * 10} ${begin + second}`),
  ),
  '# TYPE usage gauge',
  ...['0', '1'].flatMap((engine) =>
    steps.map((second) => `usage{engine="${engine}"} ${(Number(engine) + 1) / 4} ${begin + second}`),
  ),
  '# EOF',
  '',
].join('\n');
const end = (begin + 600) * 1000;

describe('the client of a real Prometheus', () => {
  const sender = createSender();
  let real: RealPrometheus;
  let client: PrometheusClient;
  /** Without a limit of samples, so that a query can take long. */
  let patient: RealPrometheus;
  const endless = 'max_over_time(sum_over_time(vector(1)[10s:1ms])[1h:1s])';

  before(async function () {
    this.timeout(60_000);
    const found = findPrometheus();
    if ('reason' in found) return this.skip();
    real = await startPrometheus(found.path, { openMetrics, flags: ['--query.max-samples=50000'] });
    patient = await startPrometheus(found.path);
    client = clientOf(sender.send, real.url);
  });
  after(async () => {
    await real?.stop();
    await patient?.stop();
    await sender.close();
  });

  it('gets a vector, a matrix, a scalar and a string', async () => {
    const vector = await client.query('rate(tokens_total[1m])', end, signal);
    assert.ok(vector.data.type === 'vector');
    assert.deepEqual(
      vector.data.samples.map(({ value, at, labels }) => [value, at, labels]),
      [
        [10, end, { engine: '0' }],
        [10, end, { engine: '1' }],
      ],
    );
    const matrix = await client.queryRange('max(usage)', { from: end - 60_000, to: end, stepMs: 10_000 }, signal);
    assert.deepEqual(matrix.data, {
      type: 'matrix',
      series: [
        {
          labels: {},
          at: Array.from({ length: 7 }, (_, index) => end - 60_000 + index * 10_000),
          value: Array.from({ length: 7 }, () => 0.5),
          histograms: 0,
        },
      ],
    });
    assert.deepEqual((await client.query('-1/0', end, signal)).data, { type: 'scalar', at: end, value: -Infinity });
    assert.deepEqual((await client.query('"a"', end, signal)).data, { type: 'string', at: end, text: 'a' });
  });

  it('gets names, labels and values that match', async () => {
    assert.deepEqual(await client.labelValues('__name__', [], signal), ['tokens_total', 'usage']);
    assert.deepEqual(await client.labelNames(['usage'], signal), ['__name__', 'engine']);
    assert.deepEqual(await client.labelValues('engine', ['usage{engine!="0"}'], signal), ['1']);
    assert.equal((await client.series(['usage'], 1, signal)).length, 1);
    assert.match((await client.buildInfo(signal)).version, /^\d+\./);
    assert.deepEqual(await client.targets(signal), []);
  });

  for (const [what, query, kind, message] of [
    [
      'a query that does not parse',
      () => client.query('sum(rate(tokens_total[1m])', end, signal),
      'bad-query',
      /1:27.*|unclosed left parenthesis/,
    ],
    ['a wrong type', () => client.query('rate(tokens_total)', end, signal), 'bad-query', /expected type range vector/],
    [
      'a range of a range',
      () => client.queryRange('tokens_total[1m]', { from: end - 60_000, to: end, stepMs: 10_000 }, signal),
      'bad-query',
      /range vector/,
    ],
    [
      'an invalid regular expression',
      () => client.query('label_replace(usage, "a", "$1", "engine", "(")', end, signal),
      'execution',
      /regular expression/,
    ],
    ['a many-to-many match', () => client.query('usage * on () usage', end, signal), 'execution', /many/],
    [
      'too many points',
      () => client.queryRange('usage', { from: 0, to: 11_002_000, stepMs: 1000 }, signal),
      'too-many-points',
      /11,000/,
    ],
    [
      'a step of 0',
      () => client.queryRange('usage', { from: 0, to: 1000, stepMs: 0 }, signal),
      'bad-parameter',
      /step/,
    ],
    [
      'a start after the end',
      () => client.queryRange('usage', { from: 2000, to: 1000, stepMs: 1000 }, signal),
      'bad-parameter',
      /end/,
    ],
    [
      'too many samples',
      () => client.query('sum_over_time(vector(1)[10m:1ms])', end, signal),
      'too-many-samples',
      /too many samples/,
    ],
  ] as const) {
    it(`rejects ${what} as ${kind}`, async function () {
      this.timeout(10_000);
      await assert.rejects(query, (error: { kind: string; serverMessage: string }) => {
        assert.equal(error.kind, kind, error.serverMessage);
        assert.match(error.serverMessage, message);
        return true;
      });
    });
  }

  it('gets 11,001 points', async () => {
    const { data } = await client.queryRange('vector(1)', { from: end - 11_000_000, to: end, stepMs: 1000 }, signal);
    assert.equal(data.type === 'matrix' && data.series[0]?.at.length, 11_001);
  });

  it('formats a query, and gets the position of a syntax error', async () => {
    await assert.rejects(client.formatQuery('sum(\n  rate(tokens_total)\n)', signal), {
      kind: 'bad-query',
      position: { line: 2, column: 8 },
    });
    assert.equal(await client.formatQuery('sum(usage)by(engine)', signal), 'sum by (engine) (usage)');
  });

  it('ends a request that is cancelled', async () => {
    const abort = new AbortController();
    const request = clientOf(sender.send, patient.url).query(endless, end, abort.signal);
    setTimeout(() => abort.abort(), 100);
    await assert.rejects(request, { kind: 'cancelled' });
  });

  it('finds no API at another path', () =>
    assert.rejects(clientOf(sender.send, `${real.url}/elsewhere`).query('up', end, signal), { kind: 'no-api' }));
  it('is refused at a port without a server', () =>
    assert.rejects(clientOf(sender.send, 'http://127.0.0.1:1').query('up', end, signal), { kind: 'refused' }));

  it('reads quoted text, and matches it by its pattern', async function () {
    this.timeout(60_000);
    const text = fc.string({ unit: fc.constantFrom(...'"\'`\\{}[]()|.*+?^$#\n\r\t\0\u007fa é😀') });
    const property = fc.asyncProperty(text, async (value) => {
      const { data } = await client.query(quoteString(value), end, signal);
      assert.deepEqual(data, { type: 'string', at: end, text: value });
      const label = quoteString(value.replaceAll('$', '$$$$'));
      const labelled = `label_replace(vector(1), "a", ${label}, "", "")`;
      const found = await client.query(
        `label_replace(${labelled}, "b", "yes", "a", ${quoteString(oneOf([value, 'other']))})`,
        end,
        signal,
      );
      assert.deepEqual(found.data.type === 'vector' && found.data.samples[0]?.labels['b'], 'yes');
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it('accepts every query snippet, as our own grammar does', async function () {
    this.timeout(60_000);
    const context = {
      scrapeIntervalMs: 15_000,
      stepMs: 15_000,
      rangeMs: 3_600_000,
      nodes: [],
      engines: [],
      sessions: [],
    };
    for (const { label, query } of querySnippets) {
      const { text } = substitute(query, context);
      const theirs = await client
        .formatQuery(text, signal)
        .catch((error: Error) => assert.fail(`${label}: ${error.message}`));
      assert.deepEqual(checkSyntax(query), [], label);
      const ours = format(text) ?? assert.fail(label);
      // Laid out by us it is the same query to the server, and, comments apart, what it would write.
      assert.equal(await client.formatQuery(ours, signal), theirs, label);
    }
  });
});
