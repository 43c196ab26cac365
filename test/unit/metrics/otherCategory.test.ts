/** Where other families are shown: the tree, charts, exports and scratchpads. */
import assert from 'node:assert/strict';
import { newestOtherSeries } from '../../../src/capture/newestOtherSeries';
import { chartQueries } from '../../../src/metrics/chartQueries';
import { chartRows } from '../../../src/metrics/chartRows';
import { OtherDemand } from '../../../src/metrics/otherDemand';
import { maxOtherFamilies } from '../../../src/metrics/otherFamilies';
import { allRows, otherRowsIn } from '../../../src/metrics/otherRows';
import { createCatalogLookup } from '../../../src/promql/nameLookup';
import { otherSnippets } from '../../../src/promql/snippets';
import { childrenOf, tooltipOf, type TreeRow } from '../../../src/views/shared/treeRow';
import { otherCategoryRows } from '../../../src/views/tree/otherRow';
import { all, newSource, serverA, tenFamilies } from './otherScene';

describe('the category of other families', () => {
  it('lists every family, with values and labels once it is open, and PromQL in each row', async () => {
    const { scrape, source } = newSource();
    await scrape(0, { bodies: { [serverA]: tenFamilies(0) } });
    const snapshot = await scrape(10, { bodies: { [serverA]: tenFamilies(1) } });
    const [closed] = otherCategoryRows(snapshot, snapshot.at);
    assert.deepEqual([closed?.label, closed?.description], ['Other engine metrics', '10']);
    assert.ok(closed && childrenOf(closed).every(({ description }) => description === '–'));
    const [open] = otherCategoryRows(source.withOther(snapshot, all), snapshot.at);
    assert.deepEqual(open && childrenOf(open).map(({ label, description }) => [label, description]), [
      ['vllm:dream_depth', '3.00'],
      ['vllm:sheep_total', '3.00 /s'],
      ['vllm:wool_bytes_total', '100 B/s'],
      ['vllm:nap_seconds', 'p50 1.00 s · p95 1.90 s'],
      ['vllm:yawn_seconds', '500 ms'],
      ['vllm:pillow_info', 'filling=<b>down}, "x"</b>, __proto__=p'],
      ['vllm:blanket_total', '7.00'],
      ['vllm:undeclared', '9.00'],
      ['vllm:__proto__', '11.0'],
      ['vllm:a name with spaces', '13.0'],
    ]);
    const flat = (rows: readonly TreeRow[]): TreeRow[] => rows.flatMap((row) => [row, ...flat(childrenOf(row))]);
    const ids = flat(open ? [open] : []).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(open && childrenOf(open).every(({ promql }) => promql !== undefined && promql !== ''));
  });

  it('says how many families are not read', async () => {
    const { scrape } = newSource();
    const many = Array.from({ length: maxOtherFamilies + 1 }, (_, n) => `vllm:invented_${n}{engine="0"} ${n}\n`);
    const snapshot = await scrape(0, { bodies: { [serverA]: `vllm:num_requests_running 0\n${many.join('')}` } });
    const [category] = otherCategoryRows(snapshot, snapshot.at);
    assert.equal(category?.description, String(maxOtherFamilies + 1));
    assert.equal(category && childrenOf(category).at(-1)?.label, '1 more');
  });

  it('says why it has no families with Prometheus as the source', async () => {
    const { scrape } = newSource();
    const snapshot = await scrape(0, { bodies: { [serverA]: 'vllm:num_requests_running{engine="0"} 0\n' } });
    assert.deepEqual(otherCategoryRows(snapshot, snapshot.at), []);
    const fromPrometheus = { ...snapshot, source: { kind: 'prometheus', url: 'http://192.0.2.9:9090' } } as const;
    const [category] = otherCategoryRows(fromPrometheus, snapshot.at);
    assert.equal(category?.description, 'not listed with Prometheus as the source');
    assert.match(category ? tooltipOf(category).join(' ') : '', /Explore Metrics/);
    assert.deepEqual(category?.children, []);
  });

  it('is exported with the newest values, which no history has', async () => {
    const { scrape } = newSource();
    await scrape(0, { bodies: { [serverA]: tenFamilies(0) } });
    const snapshot = await scrape(10, { bodies: { [serverA]: tenFamilies(1) }, wants: all });
    const sheep = newestOtherSeries(snapshot, new Set()).filter(({ measure }) => measure === 'other/sheep');
    assert.deepEqual(
      sheep.map(({ engine, value }) => [engine?.name, value]),
      [
        [undefined, [3]],
        ['engine 0', [3]],
      ],
    );
    assert.deepEqual(
      newestOtherSeries(snapshot, new Set(newestOtherSeries(snapshot, new Set()).map(({ measure }) => measure))),
      [],
    );
  });

  it('is charted, and asked in PromQL, like the catalog', async () => {
    const { scrape } = newSource();
    const snapshot = await scrape(0, { bodies: { [serverA]: tenFamilies(0) } });
    const others = otherRowsIn(snapshot);
    const row = chartRows(() => true, others).find(({ id }) => id === 'other/nap_seconds_p95');
    assert.deepEqual(
      [row?.category, row?.histogram, row?.unit],
      ['Other engine metrics', 'other/nap_seconds', 'seconds'],
    );
    assert.equal(
      chartQueries(['other/sheep'], ['other/nap_seconds'], {
        byEngine: true,
        reporters: ['ray'],
        rows: allRows(snapshot),
      }),
      '# sheep\nsum by (WorkerId) (rate(ray_vllm_sheep_total[1m]))\n\n' +
        '# nap_seconds, p50: buckets\nsum by (le) (rate(ray_vllm_nap_seconds_bucket[1m]))',
    );
    const names = await createCatalogLookup(others).metrics();
    assert.ok(names.includes('ray_vllm_sheep_total'), names.join());
    assert.ok(otherSnippets(others).some(({ query }) => query.includes('ray_vllm_sheep_total[$__rate_interval]')));
  });

  it('is wanted by the ids of metrics, or by a histogram whose buckets are shown', () => {
    const demand = new OtherDemand();
    const end = demand.add('chart', () => ['other/nap_seconds', 'other/sheep']);
    const wants = demand.wants();
    assert.deepEqual(['other/sheep', 'other/nap_seconds_p95', 'other/nap_seconds_avg', 'other/wool_bytes'].map(wants), [
      true,
      true,
      true,
      false,
    ]);
    end();
    assert.equal(demand.wants()('other/sheep'), false);
  });
});
