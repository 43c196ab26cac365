/** Answers of a Prometheus and of Ray's dashboard, and messages of the chart's page, that are almost right. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { fetchActors } from '../../src/discovery/actors';
import { parseDiscoveryList } from '../../src/discovery/discoveryFile';
import { HttpError, type HttpGet } from '../../src/http/httpGet';
import {
  labelsOf,
  metadataOf,
  queryData,
  ShapeError,
  targetsOf,
  textList,
  type QueryData,
} from '../../src/prometheus/responseData';
import { csvLines } from '../../src/promql/csv';
import { buildPlotData } from '../../src/promql/plotData';
import { dataLines, maxRows } from '../../src/promql/resultTable';
import { isChartData } from '../../src/shared/chartGuards';
import { runToEnd } from '../../src/shared/timeSlice';
import { isToHost, isToPage } from '../../src/shared/protocol';
import { defaultViewOptions } from '../../src/shared/viewOptions';
import { breakJson, breaks, type Break } from './brokenJson';
import type { FuzzTarget } from './fuzzTarget';

interface BrokenAnswer {
  /** Number of the valid answer that is broken. */
  answer: number;
  breaks: Break[];
}

const brokenAnswers = (count: number): fc.Arbitrary<BrokenAnswer> =>
  fc.record({ answer: fc.nat({ max: count - 1 }), breaks });

/** What `read` returns; undefined if it refuses the value with its own error. */
function readOrRefuse<Result>(read: (value: unknown) => Result, value: unknown): Result | undefined {
  try {
    return read(value);
  } catch (error) {
    assert.ok(error instanceof ShapeError, String(error));
    return undefined;
  }
}

function checkQueryData(data: QueryData): void {
  // A line of a table per row, a heading, and a line that says how many are left out.
  assert.ok(runToEnd(dataLines(data, 'x', undefined)).length <= maxRows + 4);
  assert.ok([...csvLines(data)].length > 0);
  if (data.type === 'matrix')
    assert.ok(isChartData({ ...buildPlotData(data.series, 10_000, 16), bands: [], engineCount: 0 }));
}

const labels = { __name__: 'm', a: 'b', le: '+Inf' };
const prometheusAnswers: readonly unknown[] = [
  {
    resultType: 'vector',
    result: [
      { metric: labels, value: [1.5, '2'] },
      { metric: {}, value: [2, 'NaN'] },
    ],
  },
  {
    resultType: 'vector',
    result: [{ metric: {}, histogram: [3, { count: '7', sum: '1e2', buckets: [[0, '0.5', '1', '7']] }] }],
  },
  {
    resultType: 'matrix',
    result: [
      {
        metric: labels,
        values: [
          [1, '1'],
          [2, '+Inf'],
          [9, '3'],
        ],
      },
      { metric: {}, values: [] },
    ],
  },
  { resultType: 'scalar', result: [1, '1'] },
  { resultType: 'string', result: [1, 'text'] },
  { m: [{ type: 'counter', help: 'h', unit: '' }] },
  {
    activeTargets: [
      { labels, scrapeUrl: 'http://192.0.2.1:1/metrics', health: 'up', lastError: '', scrapeInterval: '10s' },
    ],
  },
  ['a', 'b'],
];

export const prometheusTarget: FuzzTarget<BrokenAnswer> = {
  name: 'prometheus',
  about: 'answers of a Prometheus: refused with a reason, or shown within the bounds',
  inputs: brokenAnswers(prometheusAnswers.length),
  check({ answer, breaks: all }) {
    const value = breakJson(prometheusAnswers[answer], all);
    const data = readOrRefuse((answer) => runToEnd(queryData(answer)), value);
    if (data) checkQueryData(data);
    for (const read of [labelsOf, metadataOf, targetsOf, textList]) readOrRefuse<unknown>(read, value);
  },
  shortCases: 500,
};

const dashboardAnswers: readonly unknown[] = [
  [{ targets: ['192.0.2.1:1', '[2001:db8::1]:2'], labels: { job: 'ray' } }],
  {
    result: true,
    data: {
      actors: {
        x: {
          actorId: 'x',
          className: 'VLLMServerActor',
          state: 'ALIVE',
          address: { workerId: 'w', ipAddress: '192.0.2.1' },
          pid: 1,
          startTime: 5,
          endTime: 0,
        },
      },
    },
  },
];

function answering(value: unknown): HttpGet {
  return (_url, { onChunk }) => {
    const bytes = Buffer.from(JSON.stringify(value));
    onChunk?.(bytes);
    return Promise.resolve({ at: 1, bytes: bytes.length, mediaType: 'application/json', framed: true });
  };
}

export const dashboardTarget: FuzzTarget<BrokenAnswer> = {
  name: 'dashboard',
  about: 'answers of Ray’s dashboard: refused with a reason, or only valid targets and actors',
  inputs: brokenAnswers(dashboardAnswers.length),
  async check({ answer, breaks: all }) {
    const value = breakJson(dashboardAnswers[answer], all);
    if (Array.isArray(value))
      for (const { url } of runToEnd(parseDiscoveryList(value, 'dashboard')))
        assert.match(new URL(url).protocol, /^https?:$/);
    else assert.throws(() => runToEnd(parseDiscoveryList(value, 'dashboard')), TypeError);
    const options = { signal: new AbortController().signal, timeoutMs: 1000, sleep: () => Promise.resolve() };
    try {
      for (const [worker, actor] of await fetchActors('http://127.0.0.1:1', { ...options, get: answering(value) }))
        assert.equal(actor.workerId, worker);
    } catch (error) {
      assert.ok(error instanceof HttpError, String(error));
    }
  },
  shortCases: 300,
};

const series = {
  measure: 'kv_cache_usage_perc',
  engine: { id: 'a', name: 'engine 0' },
  at: [1, 2],
  value: [0.5, null],
};
const data = { series: [series], bands: [{ kind: 'state', from: 1, to: 2, label: 'dead' }], engineCount: 1 };
const messages: readonly unknown[] = [
  { type: 'snapshot', data, now: 2 },
  { type: 'append', data, now: 2 },
  { type: 'choices', rows: [], engines: [{ id: 'a', name: 'engine 0' }] },
  { type: 'options', options: defaultViewOptions },
  { type: 'setOptions', options: defaultViewOptions },
  { type: 'zoom', range: { from: 1, to: 2 } },
  { type: 'drawn', report: { from: 1, to: 2, plots: [{ id: 'x', series: 1, points: 2 }], foreground: '#fff' } },
  { type: 'take', what: 'csv' },
  { type: 'picture', request: 1, png: 'AAAA' },
];

export const messageTarget: FuzzTarget<BrokenAnswer> = {
  name: 'messages',
  about: 'messages between the chart’s page and the extension: accepted only if all of their parts are valid',
  inputs: brokenAnswers(messages.length),
  check({ answer, breaks: all }) {
    const message = breakJson(messages[answer], all) as Record<string, unknown>;
    const accepted = isToPage(message) || isToHost(message);
    if (all.length === 0) assert.ok(accepted);
    if (!accepted) return;
    // A message is sent as JSON, so that a number that is not finite would become null and be refused there.
    assert.equal(isToPage(JSON.parse(JSON.stringify(message))) || isToHost(JSON.parse(JSON.stringify(message))), true);
  },
  shortCases: 500,
};
