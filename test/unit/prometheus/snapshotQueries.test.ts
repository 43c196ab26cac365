/** What is asked of a Prometheus for one snapshot: how much of it grows with engines, and how it is packed. */
import assert from 'node:assert/strict';
import { manyTargetsFindings } from '../../../src/collector/runFindings';
import { packQueries } from '../../../src/prometheus/batch';
import { skyrlValueQueries } from '../../../src/prometheus/skyrlValueQueries';
import { measureQueries } from '../../../src/prometheus/measureQueries';
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

describe('the questions for a snapshot from Prometheus', () => {
  const scope = scopeOf('ray-2.57');
  const pieces = [
    ...measureQueries({ catalogIndex, scopes: [scope], rateWindowMs: 60_000 }),
    ...skyrlValueQueries(catalogIndex, [scope], '10s'),
  ];

  it('only what is shown by engine, node, GPU or server is asked by it', () => {
    const kinds = new Map<string, number>();
    for (const { id, expression } of pieces) {
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

  it('each series is the run’s, in the quotes of PromQL; engines’ without other workers, but for what SkyRL logs', () => {
    for (const { id, expression } of pieces) {
      const selectors = [...expression.matchAll(/ray_\w+(\{[^}]*\})?/g)].map(([, braces = '']) => braces);
      assert.ok(
        selectors.length > 0 && selectors.every((braces) => braces.includes('SessionName="s\\"1"')),
        expression,
      );
      if (id.startsWith('log ')) assert.ok(!expression.includes('WorkerId!~'), expression);
    }
    assert.ok(pieces.find(({ id }) => id === 'all num_requests_running')?.expression.includes('WorkerId!~"a\\\\.b"'));
    assert.ok(!pieces.find(({ id }) => id === 'own node_memory_used')?.expression.includes('WorkerId!~'));
  });

  it('a counter that Ray shows twice is asked for once', () => {
    const doubled = scopeOf('ray-2.51');
    assert.deepEqual(doubled.sampleNames.names.get('generation_tokens counter'), ['ray_vllm_generation_tokens_total']);
  });

  it('travels in a few queries, each of a length that proxies take', () => {
    const queries = packQueries(pieces);
    assert.ok(queries.length >= 2 && queries.length <= 16, String(queries.length));
    assert.ok(
      queries.every(({ length }) => length < 24_000),
      queries.map(({ length }) => length).join(' '),
    );
    assert.equal(queries.join().split('"skyrl_query"').length - 1, pieces.length);
  });

  it('from 65 targets on Prometheus is offered, where nothing else was chosen', () => {
    assert.match(manyTargetsFindings(65, { offersSource: true })[0]?.advice ?? '', /Select Source/);
    assert.deepEqual(
      [
        manyTargetsFindings(64, { offersSource: true }),
        manyTargetsFindings(65, { offersSource: false }),
        manyTargetsFindings(65, { offersSource: true, source: {} }),
      ],
      [[], [], []],
    );
  });
});
