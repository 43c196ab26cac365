import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { canonicalName } from '../../../src/exposition/canonicalName';
import { catalog, categories, curatedRows, type CatalogRow } from '../../../src/metrics/catalog';
import { oldNames } from '../../../src/metrics/sampleNames';
import { loadRecording, rayRecordings } from '../../demonstration/index';
import { fixturePath } from '../../demonstration/paths';
import { catalogIndex } from '../support/catalogIndex';

/** Families of the recordings that the catalog leaves out, each with the reason. */
const leftOut: readonly (readonly [families: RegExp, reason: string])[] = [
  [/_created$/, 'the time when a series was created is no metric'],
  [
    /^node_(mem|cgroup_mem)_(available|shared_bytes|total_host|used_host|total|used)$/,
    'memory used and total are shown, and these follow from them',
  ],
  [
    /^node_disk_(free|usage|read_iops|write_iops|io_read|io_write|io_read_count|io_write_count)$/,
    'the share of the disk in use and the speeds are shown',
  ],
  [/^node_network_(received|sent)$/, 'the speeds are shown; these are totals since boot'],
  [/^http_request_duration_seconds$/, 'its bounds end at 1 s; http_request_duration_highr_seconds is shown'],
];

/** Families that no exporter has, each with where they come from. */
const otherSources: ReadonlyMap<string, string> = new Map([['node_load_average_1m', 'Ray’s dashboard']]);

type KindByFamily = Map<string, string>;

const familyOf = (name: string, kind: string): string | undefined => {
  const canonical = canonicalName(name);
  return kind === 'counter' ? canonical?.replace(/_total$/, '') : canonical;
};

/** Families of all recordings that are not deprecated. */
function recordedFamilies(): KindByFamily {
  const kinds: KindByFamily = new Map();
  for (const name of [...rayRecordings, 'vllm-0.32-native'] as const) {
    for (const { bytes } of loadRecording(name).steps.flatMap(({ bodies }) => bodies)) {
      const body = bytes.toString('utf8');
      const deprecated = new Set([...body.matchAll(/^# HELP (\S+) \(DEPRECATED/gm)].map(([, exposed]) => exposed));
      for (const [, exposed = '', kind = ''] of body.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
        const family = familyOf(exposed, kind);
        if (family !== undefined && !deprecated.has(exposed)) kinds.set(family, kind);
      }
    }
  }
  return kinds;
}

/** The releases of vLLM whose families are listed. */
const vllmReleases = ['0.32', '0.33'];

/** Families that are listed from the programs' sources; see the READMEs beside the lists. */
function listedFamilies(): KindByFamily {
  const files = ['families.tsv', ...vllmReleases.map((release) => `vllm-families/${release}.tsv`)];
  const lines = files.flatMap((file) => readFileSync(fixturePath(file), 'utf8').split('\n'));
  return new Map(
    lines.flatMap((line) => {
      const [name = '', kind = ''] = line.split('\t');
      const family = line.startsWith('#') ? undefined : familyOf(name, kind);
      return family === undefined ? [] : [[family, kind] as const];
    }),
  );
}

const recorded = recordedFamilies();
const known: KindByFamily = new Map([...listedFamilies(), ...recorded]);
const unknownFamilies = (families: Iterable<string>): string[] =>
  [...families].filter((family) => !known.has(family) && !otherSources.has(family));

const kindsOf: Record<CatalogRow['kind'], readonly string[]> = {
  gauge: ['gauge'],
  rate: ['counter', 'histogram', 'summary'],
  increase: ['counter'],
  ratio: ['counter', 'summary'],
  mean: ['histogram'],
  quantile: ['histogram'],
  quotient: ['gauge', 'counter'],
};

describe('the catalog', () => {
  it('has each id once, and for each row labels, a help of one sentence or more, families and PromQL', () => {
    assert.equal(new Set(catalog.map(({ id }) => id)).size, catalog.length);
    for (const { id, label, shortLabel, help, families, promql } of catalog) {
      assert.ok(label && shortLabel && families.length > 0, id);
      assert.match(help, /^[A-Z].*\.$/, id);
      if (id !== 'node_load')
        for (const family of families) assert.ok(promql.includes(family.replace(/^lmcache_/, '')), `${id}: ${promql}`);
    }
  });

  it('has rows in every category, and SkyRL’s eight among them', () => {
    assert.deepEqual(
      categories.filter(({ rows }) => rows.length === 0),
      [],
    );
    assert.equal(curatedRows.length, 8);
    for (const { id, rows } of categories)
      for (const row of rows) if (row.id !== 'num_requests_running') assert.equal(row.category, id, row.id);
  });

  it('has the quantiles p50, p95 and p99 of each histogram', () => {
    const histograms = new Set(catalog.flatMap((row) => (row.kind === 'quantile' ? [row.histogram] : [])));
    for (const histogram of histograms)
      assert.deepEqual(
        catalog.filter((row) => row.kind === 'quantile' && row.histogram === histogram).map(({ id }) => id),
        ['p50', 'p95', 'p99'].map((percentile) => `${histogram}_${percentile}`),
      );
  });

  it('has no family that neither a recording nor the sources of an exporter have', () => {
    assert.deepEqual(unknownFamilies(catalogIndex.families.keys()), []);
    assert.deepEqual(unknownFamilies(['num_requests_runing', 'num_requests_running']), ['num_requests_runing']);
    for (const [family, source] of otherSources) {
      assert.ok(!known.has(family), family);
      assert.match(catalog.find(({ families }) => families.includes(family))?.help ?? '', new RegExp(source), family);
    }
  });

  it('reads each family by the kind that it has', () => {
    let checked = 0;
    for (const { id, kind, families } of catalog) {
      for (const family of families) {
        if (otherSources.has(family)) continue;
        checked += 1;
        const familyKind = known.get(family) ?? assert.fail(family);
        assert.ok(kindsOf[kind].includes(familyKind), `${id}: ${family} is a ${familyKind}`);
      }
    }
    assert.ok(checked > 300, `${checked} families checked`);
  });

  it('has every family of the recordings that is not left out for a reason', () => {
    const readForStates = ['cache_config_info', 'engine_sleep_state', 'skyrl_training_phase'];
    const missing = [...recorded.keys()].filter(
      (family) =>
        !catalogIndex.families.has(family) &&
        !readForStates.includes(family) &&
        !leftOut.some(([pattern]) => pattern.test(family)),
    );
    assert.deepEqual(missing, []);
    for (const [pattern] of leftOut)
      assert.ok(
        [...recorded.keys()].some((family) => pattern.test(family)),
        `nothing is left out by ${pattern}`,
      );
  });

  it('has one kind of subject for each family, so that any subject with it can have all of its rows', () => {
    for (const { id, subject, families } of catalog)
      for (const family of families)
        assert.equal(catalogIndex.families.get(family)?.subject, subject, `${id}: ${family}`);
  });

  it('reads old names that existed as families that it has', () => {
    for (const [oldName, family] of Object.entries(oldNames)) {
      assert.ok(catalogIndex.families.has(family), family);
      assert.equal(known.get(oldName), known.get(family), oldName);
    }
  });
});
