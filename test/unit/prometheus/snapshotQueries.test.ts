/** The queries of one snapshot: which are by subject, whose series they select, and how they are packed. */
import assert from 'node:assert/strict';
import { aggregateQueries } from '../../../src/prometheus/backfillQueries';
import { packQueries } from '../../../src/prometheus/batch';
import { skyrlValueQueries } from '../../../src/prometheus/skyrlValueQueries';
import { measureQueries, subjectMeasureQueries } from '../../../src/prometheus/measureQueries';
import {
  sessionMatcher,
  indexSampleNames,
  excludeWorkersMatcher,
  type SeriesScope,
} from '../../../src/prometheus/scopes';
import { loadRecording, type RayRecording } from '../../demonstration/index';
import { catalogIndex } from '../support/catalogIndex';

const namesIn = (recording: RayRecording): string[] => [
  ...new Set(
    loadRecording(recording).steps.flatMap(({ bodies }) =>
      bodies.flatMap(({ bytes }) => [...bytes.toString('utf8').matchAll(/^(\w+)\{/gm)].map(([, name = '']) => name)),
    ),
  ),
];
const scopeOf = (recording: RayRecording): SeriesScope => ({
  kind: 'ray',
  matchers: [sessionMatcher('s"1')],
  engineMatchers: [excludeWorkersMatcher(['a.b'])],
  sampleNames: indexSampleNames(catalogIndex, 'ray', namesIn(recording)),
});

describe('the queries for a snapshot', () => {
  const scope = scopeOf('ray-2.57');
  const queries = [
    ...measureQueries({ catalogIndex, scopes: [scope], rateWindowMs: 60_000 }),
    ...subjectMeasureQueries({ catalogIndex, scopes: [scope], rateWindowMs: 60_000 }),
    ...skyrlValueQueries(catalogIndex, [scope], '10s'),
  ];

  it('are by engine, node, GPU or server only if that is shown', () => {
    const kinds = new Map<string, number>();
    for (const { id, expression } of queries) {
      const kind = id.split(' ')[0] ?? '';
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      const by = [...expression.matchAll(/by \(([^)]*)\)/g)].map(([, labels = '']) => labels);
      if (kind === 'own')
        assert.ok(by.length > 0 && by.every((labels) => /WorkerId|ip|instance/.test(labels)), expression);
      else
        assert.ok(
          by.every((labels) => labels === 'le' || labels === 'position'),
          expression,
        );
    }
    for (const kind of ['all', 'own', 'buckets', 'bounds', 'log']) assert.ok((kinds.get(kind) ?? 0) > 5, kind);
  });

  it('select only series of the run, and leave other workers out except for SkyRL’s values', () => {
    for (const { id, expression } of queries) {
      const selectors = [...expression.matchAll(/ray_\w+(\{[^}]*\})?/g)].map(([, braces = '']) => braces);
      assert.ok(
        selectors.length > 0 && selectors.every((braces) => braces.includes('SessionName="s\\"1"')),
        expression,
      );
      if (id.startsWith('log ')) assert.ok(!expression.includes('WorkerId!~'), expression);
    }
    assert.ok(queries.find(({ id }) => id === 'all num_requests_running')?.expression.includes('WorkerId!~"a\\\\.b"'));
    assert.ok(!queries.find(({ id }) => id === 'own node_memory_used')?.expression.includes('WorkerId!~'));
  });

  it('ask once for a counter that Ray shows twice', () => {
    const doubled = scopeOf('ray-2.51');
    assert.deepEqual(doubled.sampleNames.names.get('generation_tokens counter'), ['ray_vllm_generation_tokens_total']);
  });

  it('count a position without accepted tokens as 0 only where that many tokens are drafted', () => {
    const speculating = measureQueries({
      catalogIndex,
      scopes: [scopeOf('ray-2.57-speculation')],
      rateWindowMs: 60_000,
    });
    const expression = speculating.find(({ id }) => id === 'all draft_acceptance_rate_pos_4')?.expression ?? '';
    assert.match(expression, / or 0 \* \(sum\(rate\(ray_vllm_spec_decode_num_draft_tokens_total/);
    assert.match(expression, / > 3\)/);
  });

  it('take a quantile of the past over all scopes, of which each has the histogram', () => {
    const native: SeriesScope = {
      kind: 'native',
      matchers: ['instance="x:1"'],
      engineMatchers: [],
      sampleNames: indexSampleNames(catalogIndex, 'native', ['vllm:time_to_first_token_seconds_bucket']),
    };
    const past = aggregateQueries({ catalogIndex, scopes: [scope, native], rateWindowMs: 60_000 });
    const expression = past.find(({ id }) => id === 'all ttft_seconds_p50')?.expression ?? '';
    for (const name of ['ray_vllm_time_to_first_token_seconds_bucket{', 'vllm:time_to_first_token_seconds_bucket{'])
      assert.ok(expression.includes(name), expression);
  });

  it('are packed into a few, each of a length that proxies accept', () => {
    const packed = packQueries(queries);
    assert.ok(packed.length >= 2 && packed.length <= 16, String(packed.length));
    assert.ok(
      packed.every(({ length }) => length < 24_000),
      packed.map(({ length }) => length).join(' '),
    );
    assert.equal(packed.join().split('"skyrl_query"').length - 1, queries.length);
  });
});
