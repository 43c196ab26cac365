import assert from 'node:assert/strict';
import { bareQuery, blockAt, blocksOf } from '../../../src/promql/queryBlocks';
import { csvOf } from '../../../src/promql/csv';
import { curl } from '../../../src/promql/curl';
import { readHistory, remember } from '../../../src/promql/queryHistory';
import { closers, scanQuery } from '../../../src/promql/scanQuery';
import type { Engine, Snapshot } from '../../../src/api';
import { runFacts } from '../../../src/promql/runFacts';
import { mostSteps, resolveRange, resolveStep } from '../../../src/promql/timing';
import { unitOf } from '../../../src/promql/unit';
import { maskVariables, substitute, usesOf, type VariableContext } from '../../../src/promql/variables';
import { catalog } from '../../../src/metrics/catalog';

const context: VariableContext = {
  scrapeIntervalMs: 15_000,
  stepMs: 5_000,
  rangeMs: 3_600_000,
  nodes: ['10.0.0.1', '10.0.0.2'],
  engines: ['a', 'b'],
  sessions: [],
};

describe('promql: blocks', () => {
  const text = '# a pad\r\n\r\n# one\r\nsum(x)\r\n\r\n\r\nrate(y[5m])\r\n  > 1\r\n';
  it('are parted by blank lines; comments alone are none', () => {
    const blocks = blocksOf(text);
    assert.deepEqual(
      blocks.map(({ startLine, queryLine, endLine }) => [startLine, queryLine, endLine]),
      [
        [2, 3, 3],
        [6, 6, 7],
      ],
    );
    for (const { offset, text: own } of blocks) assert.equal(text.slice(offset, offset + own.length), own);
  });
  it('a blank line belongs to the block before, the top to the first', () => {
    const blocks = blocksOf(text);
    assert.equal(blockAt(blocks, 5)?.startLine, 2);
    assert.equal(blockAt(blocks, 0)?.startLine, 2);
    assert.equal(blockAt(blocksOf('# nothing'), 0), undefined);
  });
  it('a bare query has no comments, and its strings are kept', () =>
    assert.equal(bareQuery('# c\nsum(\n  x{a="# b  c"} # d\n)'), 'sum( x{a="# b  c"} )'));
});

describe('promql: scanning', () => {
  it('quotes, escapes, raw strings and comments', () => {
    const text = 'a{b="c\\"#d", e=`f\\`} # "g\nh';
    assert.deepEqual(
      scanQuery(text)
        .filter(({ kind }) => kind !== 'code')
        .map(({ from, to }) => text.slice(from, to)),
      ['"c\\"#d"', '`f\\`', '# "g'],
    );
    assert.equal(
      scanQuery(text)
        .map(({ from, to }) => text.slice(from, to))
        .join(''),
      text,
    );
  });
  it('what is open is closed, quotes first', () => {
    assert.equal(closers('sum by (le) (rate(x{a="b'), '"}))');
    assert.equal(closers('x{a="("} # ['), '');
  });
});

describe('promql: variables', () => {
  it('ranges by Grafana’s rule, texts as regular expressions that fit their quotes', () => {
    const text = 'rate(x{n=~"$node", m=~`${node}`}[$__rate_interval]) # $node';
    const { text: sent, usedVariables } = substitute(text, context);
    assert.equal(
      sent,
      'rate(x{n=~"10\\\\.0\\\\.0\\\\.1|10\\\\.0\\\\.0\\\\.2", m=~`10\\.0\\.0\\.1|10\\.0\\.0\\.2`}[1m]) # $node',
    );
    assert.deepEqual(
      usedVariables.map(({ name }) => name),
      ['node', '__rate_interval'],
    );
  });
  it('without a run they match all', () => assert.equal(substitute('x{a=~"$session"}', context).text, 'x{a=~".*"}'));
  it('every offset of what is sent leads back', () => {
    const text = 'a[$__range] + b{n=~"$engine"} > c';
    const { text: sent, originalOffset } = substitute(text, context);
    for (const char of ['a', '+', 'b', '>', 'c'])
      assert.equal(originalOffset(sent.indexOf(char)), text.indexOf(char), char);
    assert.equal(originalOffset(sent.indexOf('1h') + 1), text.indexOf('$__range'));
  });
  it('a $ in a regular expression is none, an unknown name outside of strings is told', () => {
    assert.deepEqual(usesOf('x{a=~"foo$|bar$b"}'), []);
    assert.deepEqual(
      usesOf('x[$w]').map(({ name, variable }) => [name, variable]),
      [['w', undefined]],
    );
  });
  it('masked for a grammar, every offset stays', () => {
    const text = 'rate(x{a=~"$node"}[$__rate_interval]) > 1';
    assert.equal(maskVariables(text), 'rate(x{a=~"$node"}[111111111111111m]) > 1');
  });
});

describe('promql: timing', () => {
  it('a round step, no shorter than a scrape, and never more points than the server gives', () => {
    assert.equal(resolveStep({ rangeMs: 1_800_000 }, 1000), 10_000);
    assert.equal(resolveStep({ rangeMs: 60_000 }, 15_000), 15_000);
    for (const rangeMs of [300_000, 86_400_000, 31_536_000_000]) {
      const { from, to, stepMs } = resolveRange({ rangeMs }, 1000, 1_700_000_000_123);
      assert.ok((to - from) / stepMs <= mostSteps && to % stepMs === 0 && from % stepMs === 0);
    }
  });
});

describe('promql: units', () => {
  for (const [query, unit] of [
    ['max(ray_vllm_kv_cache_usage_perc)', 'fraction'],
    ['sum(rate(ray_vllm_generation_tokens_total[5m]))', 'tokens/s'],
    ['histogram_quantile(0.95, sum by (le) (rate(ray_vllm_time_to_first_token_seconds_bucket[5m])))', 'seconds'],
    ['sum(rate(a_seconds_sum[5m])) / sum(rate(a_seconds_count[5m]))', 'seconds'],
    ['sum(rate(h_hits_total[5m])) / sum(rate(h_queries_total[5m]))', 'fraction'],
    ['sum(ray_vllm_num_requests_running)', 'requests'],
    ['count(ray_vllm_kv_cache_usage_perc)', undefined],
    ['ray_vllm_kv_cache_usage_perc * 100', undefined],
    ['rate(a_seconds_sum[5m])', undefined],
    ['x{a="b_seconds"}', undefined],
    ['vector(1)', undefined],
  ] as const)
    it(`${query} is ${unit ?? 'a plain number'}`, () => assert.equal(unitOf(query), unit));
  it('never another than the catalog’s own', () => {
    for (const { id, promql, unit } of catalog)
      assert.ok([undefined, unit].includes(unitOf(promql)), `${id}: ${unitOf(promql)}, catalog ${unit}`);
  });
});

describe('promql: curl, csv, history', () => {
  it('a quote in a query cannot end the argument, and no token is written', () => {
    const text = curl({
      base: 'http://h:1/p',
      query: "x{a='b'}",
      headers: { 'X-Scope-OrgID': "it's" },
      auth: 'bearer',
      range: { from: 1000, to: 2000, stepMs: 500 },
    });
    assert.equal(
      text.replaceAll(' \\\n  ', ' '),
      `curl -sS 'http://h:1/p/api/v1/query_range' -H "Authorization: Bearer $PROM_TOKEN" -H 'X-Scope-OrgID: it'\\''s' --data-urlencode 'query=x{a='\\''b'\\''}' --data-urlencode 'start=1' --data-urlencode 'end=2' --data-urlencode 'step=0.5'`,
    );
  });
  it('cells are quoted, and formulas are text', () => {
    const csv = csvOf({
      type: 'vector',
      samples: [
        { labels: { __name__: 'm', a: '=1+1' }, at: 0, value: -1 },
        { labels: { __name__: 'm', b: 'x,"y"\n' }, at: 0, value: Infinity },
      ],
    });
    assert.equal(
      csv,
      '__name__,a,b,time,value\r\nm,\'=1+1,,1970-01-01T00:00:00.000Z,-1\r\nm,,"x,""y""\n",1970-01-01T00:00:00.000Z,+Inf\r\n',
    );
  });
  it('a query stands in the history once, the newest first; what storage holds is checked', () => {
    const history = remember(remember(remember([], 'a', 1), 'b', 2), 'a', 3);
    assert.deepEqual(history, [
      { query: 'a', at: 3 },
      { query: 'b', at: 2 },
    ]);
    assert.deepEqual(readHistory([...history, 7, { query: 1 }, null]), history);
    assert.deepEqual(readHistory('x'), []);
  });
});

describe('promql: the run, as variables see it', () => {
  const engine = (more: Partial<Engine> & Pick<Engine, 'id'>): Engine => ({
    name: 'engine',
    node: '10.0.0.1',
    state: 'active',
    measures: {},
    ...more,
  });
  const snapshot = (...engines: Engine[]): Snapshot => ({
    at: 0,
    window: undefined,
    trigger: 'api',
    values: {},
    measures: {},
    sinceStart: {},
    engines,
    targets: [],
    findings: [],
  });

  it('on Ray: nodes once each, the WorkerIds of engines that live, the session', () => {
    const run = snapshot(
      engine({ id: 'w1', workerId: 'w1' }),
      engine({ id: 'w2', workerId: 'w2' }),
      engine({ id: 'w3', workerId: 'w3', node: '10.0.0.2', state: 'dead' }),
    );
    assert.deepEqual(runFacts(run, 'session_1'), {
      nodes: ['10.0.0.1'],
      engines: ['w1', 'w2'],
      sessions: ['session_1'],
    });
  });
  it('on servers of their own: the engine labels, once each, and no session', () => {
    const run = snapshot(
      engine({ id: 'http://a:8000/metrics 0' }),
      engine({ id: 'http://a:8000/metrics 1' }),
      engine({ id: 'http://b:8000/metrics 0', node: 'b' }),
    );
    assert.deepEqual(runFacts(run, undefined), { nodes: ['10.0.0.1', 'b'], engines: ['0', '1'], sessions: [] });
    assert.equal(
      substitute('x{engine=~"$engine",SessionName=~"$session"}', { ...context, ...runFacts(run, undefined) }).text,
      'x{engine=~"0|1",SessionName=~".*"}',
    );
  });
  it('without a run everything fits', () =>
    assert.deepEqual(runFacts(undefined, undefined), { nodes: [], engines: [], sessions: [] }));
});
