import assert from 'node:assert/strict';
import { extraCompletions } from '../../../src/promql/extraCompletions';
import { functionDoc, functionDocs } from '../../../src/promql/functions';
import { hints, type ServerMetrics } from '../../../src/promql/hints';
import { complete, checkSyntax, format } from '../../../src/promql/language';
import type { NameLookup } from '../../../src/promql/nameLookup';
import { variableProblems } from '../../../src/promql/problems';
import { beginsQuery, querySnippets } from '../../../src/promql/snippets';
import { callAt, wordUnder } from '../../../src/promql/queryWords';

interface Asked {
  selectors: (string | undefined)[];
}

function names(): NameLookup & Asked {
  const selectors: (string | undefined)[] = [];
  return {
    selectors,
    metrics: () => Promise.resolve(['ray_vllm_kv_cache_usage_perc', 'vllm:e2e', 'a.b']),
    metadata: () =>
      Promise.resolve(new Map([['ray_vllm_kv_cache_usage_perc', { type: 'gauge', help: 'share', unit: '' }]])),
    labels: (selector) => {
      selectors.push(selector);
      return Promise.resolve(['engine', 'WorkerId', 'a.b']);
    },
    values: (_, selector) => {
      selectors.push(selector);
      return Promise.resolve(['0', 'x"\n\\']);
    },
    seriesCount: () => Promise.resolve(1),
  };
}

const labels = async (text: string, from = names()): Promise<string[]> =>
  (await complete(text, text.length, from)).map(({ label }) => label);

describe('promql: completion', () => {
  it('metrics with type and help, functions, aggregations', async () => {
    const items = await complete('rate(ray_vllm_', 14, names());
    const metric = items.find(({ label }) => label === 'ray_vllm_kv_cache_usage_perc');
    assert.deepEqual(metric, {
      label: 'ray_vllm_kv_cache_usage_perc',
      kind: 'metric',
      from: 5,
      to: 14,
      detail: 'gauge',
      help: 'share',
    });
    for (const label of ['rate', 'sum'])
      assert.ok(
        items.some((item) => item.label === label),
        label,
      );
  });
  it('a name that is no word is put in quotes', async () =>
    assert.equal((await complete('', 0, names())).find(({ label }) => label === 'a.b')?.insert, '{"a.b"}'));
  for (const text of ['sum by (', 'x{', 'x{engine="0",Wor', 'sum(rate(x[$__rate_interval])) by ('])
    it(`labels after ${text}`, async () => assert.ok((await labels(text)).includes('WorkerId')));
  it('values in quotes, escaped, never a range that ends before it begins', async () => {
    const items = await complete('x{engine="', 10, names());
    assert.deepEqual(
      items.map(({ label, insert, from, to }) => [label, insert, from, to]),
      [
        ['0', undefined, 10, 10],
        ['x"\n\\', 'x\\"\\n\\\\', 10, 10],
      ],
    );
  });
  it('values honour what is typed already', async () => {
    const asked = names();
    await complete('x{model="m", job!="", engine="', 30, asked);
    assert.deepEqual(asked.selectors, ['x{model="m"}']);
  });
  it('nothing in a comment', async () => assert.deepEqual(await labels('x # ra'), []));
  it('units after a number, operators after an expression', async () => {
    assert.deepEqual((await labels('rate(x[5')).slice(0, 3), ['y', 'w', 'd']);
    assert.ok((await labels('sum(x{a="b"})')).includes('unless'));
  });
  it('variables, ranges and moments where they fit', () => {
    const at = (text: string): string[] => extraCompletions(text, text.length).map(({ label }) => label);
    assert.ok(at('rate(x[').includes('$__rate_interval'));
    assert.deepEqual(at('x{n=~"$n'), ['$node', '$engine', '$session']);
    assert.deepEqual(at('x @ '), ['start()', 'end()']);
    assert.ok(at('x offset ').includes('1h'));
    assert.deepEqual(at('x # $'), []);
  });
  it('whole queries only where one begins', () => {
    assert.ok(beginsQuery('', 0) && beginsQuery('# c\n', 4) && beginsQuery('kv bl', 5));
    assert.ok(!beginsQuery('sum(', 4) && !beginsQuery('x + ', 4) && !beginsQuery('a\nb', 1));
  });
});

describe('promql: functions', () => {
  it('every function and aggregation of the grammar has words', async () => {
    const known = (await complete('', 0, names()))
      .filter(({ kind }) => kind === 'function' || kind === 'aggregation')
      .map(({ label }) => label);
    assert.ok(known.length > 90);
    assert.deepEqual(
      known.filter((name) => !functionDoc(name)),
      [],
    );
    assert.deepEqual(
      functionDocs.filter(({ name }) => !known.includes(name)).map(({ name }) => name),
      [],
    );
  });
  it('which argument one is in', () => {
    const call = (text: string): string => {
      const at = callAt(text, text.length);
      return at ? `${at.name} ${at.argument}` : '-';
    };
    assert.deepEqual(
      [
        'label_replace(foo, "a,(", ',
        'sum by (a) (rate(',
        'topk(3, ',
        'sum(x) by (',
        'x + (',
        'f(x) ',
        'rate(x) # f(',
      ].map(call),
      ['label_replace 2', 'rate 0', 'topk 1', '-', '-', '-', '-'],
    );
  });
  it('what a word is', () => {
    const text = 'sum by (engine) (rate(ray_x{job="a"}[5m] offset 1h))';
    const kind = (word: string): string | undefined => wordUnder(text, text.indexOf(word) + 1)?.kind;
    assert.deepEqual(['sum', 'by', 'engine', 'rate', 'ray_x', 'job', 'offset'].map(kind), [
      'aggregation',
      'keyword',
      'grouping',
      'function',
      'metric',
      'label',
      'keyword',
    ]);
  });
});

describe('promql: diagnostics without a server', () => {
  for (const query of [
    ...querySnippets.map(({ query: text }) => text),
    'x{a="b"} # "c',
    'x - x offset 5m',
    'sum(rate(x[$__rate_interval])) by (a) > bool 2',
  ]) {
    it(`nothing wrong with ${query.slice(0, 90)}`, () =>
      assert.deepEqual([...checkSyntax(query), ...variableProblems(query)], []));
  }
  for (const [query, where] of [
    ['sum(rate(x[5m])', '('],
    ['rate(x)', 'x'],
    ['sum by (a) (x) y', 'y'],
    ['x{a="b', '"b'],
    ['x)', ')'],
    ['histogram_quantile(x)', 'histogram_quantile(x)'],
  ] as const) {
    it(`a mark in ${query}`, () => {
      const [first] = checkSyntax(query);
      assert.ok(first && first.to > first.from, query);
      assert.ok(
        query.slice(first.from, first.to).includes(where) || where.includes(query.slice(first.from, first.to)),
        `${first.message}: ${query.slice(first.from, first.to)}`,
      );
    });
  }
  it('an unknown variable, and one outside its quotes', () => {
    assert.deepEqual(
      variableProblems('rate(x[$w])').map(({ from, to }) => [from, to]),
      [[7, 9]],
    );
    assert.match(variableProblems('x * $node')[0]?.message ?? '', /quotes/);
  });
});

describe('promql: hints', () => {
  const known: ServerMetrics = {
    metrics: new Set([
      'ray_vllm_generation_tokens_total',
      'ray_vllm_kv_cache_usage_perc',
      'ray_vllm_ttft_seconds_bucket',
      'vllm:only_native',
    ]),
    metadata: new Map([
      ['ray_vllm_kv_cache_usage_perc', { type: 'gauge', help: '', unit: '' }],
      ['ray_vllm_generation_tokens_total', { type: 'counter', help: '', unit: '' }],
      ['ray_vllm_ttft_seconds', { type: 'histogram', help: '', unit: '' }],
    ]),
    scrapeIntervalMs: 15_000,
  };
  /** The query as its first fix leaves it; the message where there is none. */
  function mended(query: string): string {
    const [hint] = hints(query, known);
    if (!hint) return 'well';
    return hint.fix
      ? hint.fix.edits.reduce((text, { from, to, text: put }) => text.slice(0, from) + put + text.slice(to), query)
      : hint.message;
  }
  for (const [query, wanted] of [
    ['rate(vllm:generation_tokens_total[5m])', 'rate(ray_vllm_generation_tokens_total[5m])'],
    ['rate(ray_vllm_generation_tokens[5m])', 'rate(ray_vllm_generation_tokens_total[5m])'],
    ['ray_vllm_only_native', 'vllm:only_native'],
    [
      'sum(ray_vllm_generation_tokens_total{a="b"})',
      'sum(rate(ray_vllm_generation_tokens_total{a="b"}[$__rate_interval]))',
    ],
    ['rate(ray_vllm_generation_tokens_total[20s])', 'rate(ray_vllm_generation_tokens_total[$__rate_interval])'],
    [
      'histogram_quantile(0.9, sum(rate(ray_vllm_ttft_seconds_bucket[5m])))',
      'histogram_quantile(0.9, sum by (le) (rate(ray_vllm_ttft_seconds_bucket[5m])))',
    ],
    [
      'histogram_quantile(0.9, sum by (a) (rate(ray_vllm_ttft_seconds_bucket[5m])))',
      'histogram_quantile(0.9, sum by (le, a) (rate(ray_vllm_ttft_seconds_bucket[5m])))',
    ],
    ['ray_vllm_kv_cache_usage_perc{NodeAddress="$node"}', 'ray_vllm_kv_cache_usage_perc{NodeAddress=~"$node"}'],
    ['histogram_quantile(0.9, sum by (le) (rate(ray_vllm_ttft_seconds_bucket[5m])))', 'well'],
    ['ray_vllm_kv_cache_usage_perc', 'well'],
    ['ray_vllm_generation_tokens_total - ray_vllm_generation_tokens_total offset 5m', 'well'],
  ] as const)
    it(`${query} → ${wanted}`, () => assert.equal(mended(query), wanted));
  it('a gauge is not rated, block lifetimes need a flag', () => {
    assert.match(mended('rate(ray_vllm_kv_cache_usage_perc[5m])'), /gauge/);
    assert.match(mended('rate(ray_vllm_kv_block_lifetime_seconds_bucket[5m])'), /--kv-cache-metrics/);
  });
  it('without a server no name is said to be missing', () =>
    assert.deepEqual(
      hints('nobody_knows', { metrics: new Set(), metadata: new Map(), scrapeIntervalMs: undefined }),
      [],
    ));
});

describe('promql: format', () => {
  for (const [query, wanted] of [
    ['sum(rate(x{a="b",  c = "d"}[5m]) )by(engine)', 'sum by (engine) (rate(x{a="b", c="d"}[5m]))'],
    ['# kept\nx+y', '# kept\nx + y'],
    ['rate( x[ $__rate_interval ] )', 'rate(x[$__rate_interval])'],
    ['-x ', '-x'],
    ['x{}', 'x'],
    ['x{a="a  ,  b"}', 'x{a="a  ,  b"}'],
    ['x[5m:  10s] @ end( )', 'x[5m:10s] @ end()'],
  ] as const)
    it(query, () => assert.equal(format(query), wanted));
  it('a comment amid a query stays where it is: nothing is laid out', () =>
    assert.equal(format('sum( # why\n x)'), undefined));
  it('what does not parse is left alone', () => assert.equal(format('sum((x)'), undefined));
  it('laying out twice changes nothing more', function () {
    this.timeout(20_000);
    for (const { query } of querySnippets) {
      const once = format(query);
      assert.ok(once !== undefined, query);
      assert.equal(format(once), once);
    }
  });
});
