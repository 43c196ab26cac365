/** What Prometheus’s evidence is, and what evaluating it gives, with a server by hand. */
import assert from 'node:assert/strict';
import type { EvaluationContext, SourceRequest } from '../../../src/collector/snapshotSource';
import type { PrometheusClient } from '../../../src/prometheus/client';
import { PrometheusError } from '../../../src/prometheus/errors';
import { PrometheusSource } from '../../../src/prometheus/prometheusSource';
import type { QueryData } from '../../../src/prometheus/responseData';
import { catalogIndex } from '../support/catalogIndex';
import { nothingElseKnown } from '../support/nothingElseKnown';

const now = 1_795_000_000_000;
const names = ['ray_vllm_generation_tokens_total', 'ray_vllm_num_requests_running'];
const session = 'session_2026';
const engineLabels = { WorkerId: 'w', SessionName: session, Version: '2.57.0', NodeAddress: '192.0.2.1' };
const noWork = (): Promise<never> => Promise.reject(new Error('not expected'));

/** Answers each named query with the samples of its id. */
function vectorFor(query: string, valueOf: (id: string) => number | undefined): QueryData {
  const ids = [...query.matchAll(/"skyrl_query", "([^"]+)"/g)].map(([, id = '']) => id);
  const samples = ids.flatMap((id) => {
    const value = valueOf(id);
    return value === undefined ? [] : [{ labels: { ...engineLabels, skyrl_query: id }, at: now, value }];
  });
  return { type: 'vector', samples };
}

const values: Record<string, number> = {
  'who counters': now / 1000,
  'who gauges': now / 1000,
  'all num_requests_running': 3,
  'own num_requests_running': 3,
  'total generation_tokens': 100,
};

function clientAt(base: string, query: PrometheusClient['query']): PrometheusClient {
  return {
    base,
    prefersGet: false,
    query,
    labelValues: () => Promise.resolve(names),
    queryRange: noWork,
    formatQuery: noWork,
    labelNames: noWork,
    series: noWork,
    metadata: noWork,
    targets: noWork,
    buildInfo: noWork,
  };
}
const answering = (base: string): PrometheusClient =>
  clientAt(base, (query) =>
    Promise.resolve({
      data: vectorFor(query, (id) => values[id]),
      warnings: [],
      infos: [],
      raw: new Uint8Array(),
      tookMs: 1,
    }),
  );

const { signal } = new AbortController();
const discovery = { targets: [], reason: '', ray: { session } };
const request: SourceRequest = {
  trigger: 'timer',
  discovery,
  get: noWork,
  signal,
  timeoutMs: 5000,
  intervalMs: 10_000,
  session,
  rediscover: noWork,
};
const context: EvaluationContext = {
  trigger: 'timer',
  now,
  signal,
  timeoutMs: 5000,
  ...nothingElseKnown,
  rayVersion: '2.57.0',
};

describe('the evidence of Prometheus as the source', () => {
  let client: () => PrometheusClient;
  let source: PrometheusSource;
  beforeEach(() => {
    client = () => answering('http://192.0.2.5:9090');
    source = new PrometheusSource({
      catalogIndex,
      getClient: () => client(),
      readIntervalMs: () => Promise.resolve(10_000),
      now: () => now,
    });
  });

  it('is plain values, of which a copy evaluates to the same', async () => {
    const evidence = await source.collect(request);
    const copy = structuredClone(evidence);
    const result = await source.evaluate(evidence, context);
    assert.deepEqual(evidence, copy, 'evaluating changes nothing of it');
    source.reset();
    assert.deepEqual(await source.evaluate(copy, context), result);
    assert.deepEqual([result.report?.state, result.snapshot.measures['num_requests_running']?.value], ['ok', 3]);
    assert.deepEqual([...(result.engineCounters?.engines.get('w') ?? [])], [['generation_tokens', 100]]);
  });

  it('names the session, Ray’s version and the series that it is of', async () => {
    const evidence = await source.collect(request);
    assert.deepEqual([[...evidence.sessions], evidence.rayVersion, evidence.answers], [[session], '2.57.0', []]);
    const { report } = await source.evaluate(evidence, context);
    assert.equal(report?.matchReason, `SessionName is ${session}, as Ray says`);
  });

  it('is a failure if there is no client, and evaluates to a snapshot without measures', async () => {
    client = () => {
      throw new PrometheusError('not-set', '');
    };
    const { snapshot, report, engineCounters } = await source.evaluate(await source.collect(request), context);
    assert.deepEqual([report?.url, report?.state, engineCounters], ['Prometheus', 'failed', undefined]);
    assert.match(report?.message ?? '', /No Prometheus is chosen\. SkyRL: Select Prometheus/);
    assert.deepEqual([snapshot.measures, snapshot.targets[0]?.state], [{}, 'failed']);
  });

  it('is not evaluated with another server’s answers', async () => {
    const evidence = await source.collect(request);
    client = () => answering('http://192.0.2.6:9090');
    const { snapshot, report } = await source.evaluate(evidence, context);
    assert.deepEqual([report?.url, report?.state], ['http://192.0.2.5:9090', 'failed']);
    assert.deepEqual([snapshot.measures, snapshot.values], [{}, {}]);
  });

  it('evaluates to a failure that still says which series were meant, if no query is answered', async () => {
    const evidence = await source.collect(request);
    client = () => clientAt('http://192.0.2.5:9090', () => Promise.reject(new PrometheusError('busy', '')));
    const { report, snapshot, engineCounters } = await source.evaluate(evidence, context);
    assert.equal(report?.state, 'failed');
    assert.match(report?.message ?? '', /fewer requests/);
    assert.match(report?.matchReason ?? '', /SessionName/);
    assert.deepEqual([snapshot.measures, [...(engineCounters?.engines ?? [])]], [{}, []]);
  });
});
