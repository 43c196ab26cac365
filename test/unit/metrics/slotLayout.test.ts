import { strict as assert } from 'node:assert';
import { isNoiseLabel } from '../../../src/metrics/seriesIdentity';
import { SeriesIndexes, type SeriesIndex } from '../../../src/metrics/seriesIndex';
import type { SeriesMeta } from '../../../src/metrics/seriesMeta';
import { catalogIndex, seriesDescriber } from '../support/catalogIndex';
import { randomOf } from '../support/random';

type Sample = readonly [name: string, le?: string | undefined, rank?: string];

const bounds = ['0.1', '1', '1.0', '+Inf', 'odd'];
const samples: readonly Sample[] = [
  ...[
    'num_requests_running',
    'generation_tokens_total',
    'prefix_cache_hits_total',
    'prefix_cache_queries_total',
  ].flatMap((name): Sample[] => [[`vllm:${name}`], [`vllm:${name}`, undefined, '1']]),
  ['vllm:gpu_cache_usage_perc'],
  ['vllm:kv_cache_usage_perc'],
  ...['time_to_first_token_seconds', 'request_prompt_tokens'].flatMap((name): Sample[] => [
    ...bounds.map((le): Sample => [`vllm:${name}_bucket`, le]),
    [`vllm:${name}_sum`],
    [`vllm:${name}_count`],
  ]),
];

/** What an engine's target exposes for a sample. A meta belongs to one engine, as its labels do. */
function describerOf(engine: string): (sample: Sample) => SeriesMeta {
  const metas = new Map<string, SeriesMeta>();
  return ([name, , rank = '0']) => {
    const labels = new Map([
      ['WorkerId', engine],
      ['engine', rank],
    ]);
    const known = metas.get(`${name} ${rank}`) ?? seriesDescriber.describe('http://192.0.2.1:1', name, labels);
    assert.ok(known);
    metas.set(`${name} ${rank}`, known);
    return known;
  };
}

/** Everything that an index says. */
const contentOf = (index: SeriesIndex): unknown => ({
  identities: index.metas.map(({ identity }) => identity),
  counters: index.counters,
  gauges: index.gauges,
  families: [...index.families],
  renamed: [...index.renamedFamilies],
  rows: index.rows,
  selected: catalogIndex.selectors.map((_, selector) => index.slotsOf(selector)),
  buckets: [...catalogIndex.histogramNumbers.values()].map((histogram) => index.bucketsOf(histogram)),
  ratios: catalogIndex.rows.filter((row) => row.kind === 'ratio').map((row) => index.ratioSlotsOf(row)),
});

describe('the layouts that subjects share', () => {
  it('say of each engine what a layout of its own would, whatever series come when (property)', () => {
    const random = randomOf(31);
    for (let round = 0; round < 60; round += 1) {
      const shared = new SeriesIndexes(catalogIndex);
      const engines = Array.from({ length: 6 }, (_, number) => ({
        key: `engine ${number}`,
        describe: describerOf(`${round} ${number}`),
        own: new SeriesIndexes(catalogIndex).forSubject('alone'),
      }));
      const missing = [0, 0.02, 0.3][round % 3] as number;
      for (let scrape = 0; scrape < 5; scrape += 1) {
        const exposed = engines.map(() => samples.filter(() => random() >= missing));
        if (random() < 0.2) exposed[0]?.reverse();
        // Families follow each other, and within a family the engines.
        for (let turn = 0; turn < samples.length; turn += 1)
          engines.forEach(({ key, describe, own }, number) => {
            const sample = exposed[number]?.[turn];
            if (!sample) return;
            const meta = describe(sample);
            assert.equal(shared.forSubject(key).add(meta, sample[1]), own.add(meta, sample[1]), sample.join(' '));
          });
        // Some are looked at, others only in a later scrape.
        for (const { key, own } of engines)
          if (random() < 0.6) assert.deepEqual(contentOf(shared.forSubject(key)), contentOf(own));
      }
      for (const { key, own } of engines) assert.deepEqual(contentOf(shared.forSubject(key)), contentOf(own));
    }
  });

  it('are one object for engines with the same series, and again after the same series came to each', () => {
    const shared = new SeriesIndexes(catalogIndex);
    const engines = ['a', 'b', 'c'].map((engine) => ({
      index: shared.forSubject(engine),
      describe: describerOf(engine),
    }));
    const addToAll = (added: readonly Sample[]): void =>
      engines.forEach(({ index, describe }) => added.forEach((sample) => index.add(describe(sample), sample[1])));
    const assertShared = (): void =>
      engines.forEach(({ index }) => assert.equal(index.counters, engines[0]?.index.counters));
    addToAll(samples.slice(0, 8));
    assertShared();
    addToAll(samples.slice(8, 12));
    assertShared();
    engines[1]?.index.add(engines[1].describe(samples[13] as Sample), samples[13]?.[1]);
    assert.notEqual(engines[1]?.index.counters, engines[0]?.index.counters);
    assert.equal(engines[2]?.index.counters, engines[0]?.index.counters);
  });

  it('depend on no label that is not part of an identity', () => {
    const labels = catalogIndex.selectors.flatMap(({ where = {} }) => Object.keys(where));
    assert.ok(labels.length > 0);
    assert.deepEqual(
      labels.filter((label) => isNoiseLabel(label, 'gauge')),
      [],
    );
  });

  it('know which series were seen with a value in an earlier scrape', () => {
    const index = new SeriesIndexes(catalogIndex).forSubject('a');
    const describe = describerOf('a');
    const slots = samples.slice(0, 3).map((sample) => index.add(describe(sample), sample[1]) as number);
    assert.deepEqual(
      slots.map((slot) => index.wasSeen(slot)),
      [false, false, false],
    );
    index.markSeen(Float64Array.of(1, NaN, 0));
    assert.deepEqual(
      slots.map((slot) => index.wasSeen(slot)),
      [true, false, true],
    );
    index.markSeen(Float64Array.of(NaN, 5, NaN));
    assert.deepEqual(
      slots.map((slot) => index.wasSeen(slot)),
      [true, true, true],
    );
  });
});
