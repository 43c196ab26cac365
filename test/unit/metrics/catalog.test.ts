import { strict as assert } from 'node:assert';
import { loadRecording, rayRecordings } from '../../demonstration/index';
import { canonicalName } from '../../../src/exposition/canonicalName';
import { catalog, categories, curatedRows, type CatalogRow } from '../../../src/metrics/catalog';
import { oldNames } from '../../../src/metrics/sampleNames';
import { catalogIndex } from '../support/catalogIndex';

/** Families of the recordings that the catalog leaves out, each with the reason. */
const leftOut: readonly (readonly [families: RegExp, why: string])[] = [
  [/_created$/, 'the time a series was made, not a metric'],
  [
    /^node_(mem|cgroup_mem)_(available|shared_bytes|total_host|used_host|total|used)$/,
    'memory is shown as used and total; these are the same from another side',
  ],
  [
    /^node_disk_(free|usage|read_iops|write_iops|io_read|io_write|io_read_count|io_write_count)$/,
    'the share of the disk and the speeds say it',
  ],
  [/^node_network_(received|sent)$/, 'totals since boot; the speeds are shown'],
  [/^http_request_duration_highr_seconds$/, 'the same as http_request_duration_seconds, finer and without handlers'],
  [/^http_(request|response)_size_bytes$/, 'sizes of HTTP bodies say nothing about engines'],
];

interface Seen {
  type: string;
  help: string;
}

/** Families of all recordings by canonical name, without `_total`. */
function seenFamilies(): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  for (const name of [...rayRecordings, 'vllm-0.32-native'] as const) {
    for (const { bytes } of loadRecording(name).steps.flatMap(({ bodies }) => bodies)) {
      const helps = new Map(
        [...bytes.toString('utf8').matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, each = '', help = '']) => [each, help]),
      );
      for (const [, full = '', type = ''] of bytes.toString('utf8').matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
        const help = helps.get(full) ?? '';
        const canonical = canonicalName(full);
        if (canonical === undefined || help.startsWith('(DEPRECATED')) continue;
        seen.set(type === 'counter' ? canonical.replace(/_total$/, '') : canonical, { type, help });
      }
    }
  }
  return seen;
}

const seen = seenFamilies();
const typesOf: Record<CatalogRow['kind'], readonly string[]> = {
  gauge: ['gauge'],
  rate: ['counter', 'histogram'],
  increase: ['counter'],
  ratio: ['counter'],
  mean: ['histogram'],
  quantile: ['histogram'],
  quotient: ['gauge', 'counter'],
};

describe('the catalog', () => {
  it('has each id once, a label, a help of one sentence or more, families and PromQL', () => {
    assert.equal(new Set(catalog.map(({ id }) => id)).size, catalog.length);
    for (const { id, label, shortLabel, help, families, promql } of catalog) {
      assert.ok(label && shortLabel && families.length > 0, id);
      assert.match(help, /^[A-Z].*\.$/, id);
      if (id !== 'node_load')
        for (const family of families) assert.ok(promql.includes(family.replace(/^lmcache_/, '')), `${id}: ${promql}`);
    }
  });

  it('has every category with rows, and SkyRL’s eight among them', () => {
    assert.deepEqual(
      categories.filter(({ rows }) => rows.length === 0),
      [],
    );
    assert.equal(curatedRows.length, 8);
    for (const { id, rows } of categories)
      for (const row of rows) if (row.id !== 'num_requests_running') assert.equal(row.category, id, row.id);
  });

  it('its rows’ ids are distinct keys of SkyRL or rows of a histogram: p50, p95, p99 of each', () => {
    const bases = new Set(catalog.flatMap((row) => (row.kind === 'quantile' ? [row.histogram] : [])));
    for (const base of bases)
      assert.deepEqual(
        catalog.filter((row) => row.kind === 'quantile' && row.histogram === base).map(({ id }) => id),
        ['p50', 'p95', 'p99'].map((percent) => `${base}_${percent}`),
      );
  });

  it('reads each family by the type that the recordings give it', () => {
    let checked = 0;
    for (const { id, kind, families } of catalog) {
      for (const family of families) {
        const { type } = seen.get(family) ?? {};
        if (type === undefined) continue;
        checked += 1;
        assert.ok(typesOf[kind].includes(type), `${id}: ${family} is a ${type}`);
      }
    }
    assert.ok(checked > 100, `${checked} families checked`);
  });

  it('every family of the recordings is in the catalog, or left out for a reason', () => {
    const others = ['cache_config_info', 'engine_sleep_state', 'skyrl_training_phase'];
    const missing = [...seen.keys()].filter(
      (family) =>
        !catalogIndex.families.has(family) &&
        !others.includes(family) &&
        !leftOut.some(([pattern]) => pattern.test(family)),
    );
    assert.deepEqual(missing, []);
    for (const [pattern] of leftOut)
      assert.ok(
        [...seen.keys()].some((family) => pattern.test(family)),
        `nothing is left out by ${pattern}`,
      );
  });

  it('a family is of one kind of subject: whoever shows it can be asked for all rows that it is in', () => {
    for (const { id, subject, families } of catalog)
      for (const family of families)
        assert.equal(catalogIndex.families.get(family)?.subject, subject, `${id}: ${family}`);
  });

  it('old names are read as the new ones, which are in the catalog', () => {
    for (const family of Object.values(oldNames)) assert.ok(catalogIndex.families.has(family), family);
  });
});
