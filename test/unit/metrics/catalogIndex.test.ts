import { strict as assert } from 'node:assert';
import { SnapshotBuilder } from '../../../src/collector/snapshotBuilder';
import { ExpositionReader } from '../../../src/exposition/expositionReader';
import { catalog, catalogRow, type Selector } from '../../../src/metrics/catalog';
import { buildCatalogIndex } from '../../../src/metrics/catalogIndex';
import { extraSelectors } from '../../../src/metrics/extraSelectors';
import { SeriesDescriber } from '../../../src/metrics/seriesDescriber';
import type { SeriesMeta } from '../../../src/metrics/seriesMeta';
import { loadRecording } from '../../demonstration/index';
import { catalogIndex } from '../support/catalogIndex';
import { targetOf } from '../support/replay';
import { assertSameValues } from './assertSameValues';

const textOf = ({ family, sampleKind, where = {} }: Selector): string => JSON.stringify([family, sampleKind, where]);
const catalogSelectors = new Set(buildCatalogIndex(catalog, extraSelectors).selectors.map(textOf));
const without = (text: string): typeof extraSelectors => extraSelectors.filter((selector) => textOf(selector) !== text);

describe('buildCatalogIndex', () => {
  it('needs no catalog row for SkyRL’s values: they are those of ray-2.57-speculation without any', () => {
    const index = buildCatalogIndex([], extraSelectors);
    const describer = new SeriesDescriber(index);
    const builder = new SnapshotBuilder(index);
    const readers = new Map<number, ExpositionReader<SeriesMeta>>();
    const readerOf = (node: number): ExpositionReader<SeriesMeta> =>
      readers.get(node) ??
      new ExpositionReader(
        (name) => describer.isWanted(name),
        (name, labels) => describer.describe(targetOf(node).url, name, labels),
      );
    for (const { name, at, bodies, skyrlValues } of loadRecording('ray-2.57-speculation').steps) {
      const answers = bodies.map(({ node, bytes }) => {
        const reader = readerOf(node);
        readers.set(node, reader);
        reader.begin();
        reader.feed(bytes);
        return { target: targetOf(node), at, tookMs: 1, bytes: bytes.length, result: reader.end() };
      });
      const { values, measures } = builder.build({
        trigger: 'api',
        now: at,
        targets: answers.map(({ target }) => target),
        answers,
        actors: undefined,
        rayVersion: undefined,
        expectedEngines: undefined,
      });
      assertSameValues(values, skyrlValues, name);
      assert.deepEqual(measures, {});
    }
  });

  for (const text of new Set(extraSelectors.map(textOf))) {
    it(`throws if neither the catalog nor the extra selectors have ${text}`, () => {
      const [family] = JSON.parse(text) as [string];
      assert.throws(() => buildCatalogIndex([], without(text)), new RegExp(`no selector .*"${family}"`));
    });
  }

  it('reads selectors that only engine states or SkyRL’s values need, and throws without them', () => {
    const rowSelectors = new Set(
      catalog
        .flatMap((row) =>
          'selector' in row ? [row.selector] : row.kind === 'ratio' ? [row.numerator, row.denominator] : [],
        )
        .map(textOf),
    );
    const onlyExtra = extraSelectors
      .map(textOf)
      .filter((text) => !rowSelectors.has(text) && !/"(?:sum|count)"/.test(text));
    assert.ok(onlyExtra.includes('["spec_decode_num_accepted_tokens_per_pos","counter",{}]'), onlyExtra.join(' '));
    for (const text of onlyExtra) {
      assert.ok(catalogSelectors.has(text), text);
      assert.throws(() => buildCatalogIndex(catalog, without(text)), /no selector is indexed/);
    }
  });

  it('gives equal selectors one number', () => {
    assert.equal(new Set(catalogIndex.selectors.map(textOf)).size, catalogIndex.selectors.length);
    const { selectors, wellKnown } = catalogIndex;
    assert.deepEqual(
      [selectors[wellKnown.running]?.family, selectors[wellKnown.awake]?.where],
      ['num_requests_running', { sleep_state: 'awake' }],
    );
  });

  it('evaluates quotients after the rows that they are computed from', () => {
    const { rows, quotientOperands } = catalogIndex;
    const firstQuotient = rows.findIndex(({ kind }) => kind === 'quotient');
    assert.ok(firstQuotient > 0 && quotientOperands.size > 0);
    for (const operand of quotientOperands) assert.ok(operand < firstQuotient, rows[operand]?.row.id);
    assert.deepEqual([...rows].map(({ row }) => row.id).sort(), catalog.map(({ id }) => id).sort());
  });

  it('throws for a quotient of a row that is not in the catalog', () => {
    assert.throws(
      () => buildCatalogIndex([catalogRow('node_memory_share')], extraSelectors),
      /no catalog row node_memory_used/,
    );
  });
});
