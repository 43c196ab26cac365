/**
 * The catalog prepared for fast evaluation. Every family, selector, histogram and row has a number, so that what is
 * done for each series of each scrape uses arrays instead of names.
 */
import type { CatalogRow, Selector } from './catalog';
import { groupRows, indexRow, indexRows, type IndexedRow } from './indexedRows';
import { SampleNameResolver } from './sampleNames';
import { SelectorRegistry, type IndexedFamily, type SubjectSelector } from './selectorRegistry';
import { indexSkyrlFormulas, type SkyrlIndex } from './skyrlFormulas';
import { wellKnownSelectors, type WellKnownName } from './wellKnownSelectors';

/** The index of a catalog, for reading. */
export interface CatalogIndex {
  /** Rows by number, in the order in which they are evaluated. */
  readonly rows: readonly IndexedRow[];
  /** Families that are read, by canonical name. */
  readonly families: ReadonlyMap<string, IndexedFamily>;
  readonly sampleNames: SampleNameResolver;
  /** Selectors by number. */
  readonly selectors: readonly Selector[];
  /** Selector numbers by `familyKindKey`: what a new series is matched against. */
  readonly selectorsByFamilyKind: ReadonlyMap<string, readonly number[]>;
  /** Histogram numbers by canonical name of the family. */
  readonly histogramNumbers: ReadonlyMap<string, number>;
  /** By selector number, the rows that have no measure without a series of it. */
  readonly rowsBySelector: readonly (readonly number[])[];
  /** By histogram number, its quantiles. */
  readonly rowsByHistogram: readonly (readonly number[])[];
  /** By row number, the quotients that have it as their numerator. */
  readonly quotientsByNumerator: readonly (readonly number[])[];
  /** Rows that quotients are computed from. */
  readonly quotientOperands: ReadonlySet<number>;
  /** Selector numbers that the code asks for by name. */
  readonly wellKnown: Readonly<Record<WellKnownName, number>>;
  /** Gauges that an engine sets again and again while it has requests. */
  readonly activityGauges: readonly number[];
  /** SkyRL's own formulas. */
  readonly skyrl: SkyrlIndex;
}

/** An index to which rows are added while it is in use. */
export interface GrowingCatalogIndex extends CatalogIndex {
  /** Adds a row of any kind but a quotient. Series that were indexed before do not count for it. */
  addRow(row: CatalogRow): void;
}

const quantileHistogram = (row: IndexedRow): number | undefined =>
  row.kind === 'quantile' ? row.histogram : undefined;

function noOtherRow(id: string): never {
  throw new Error(`a quotient of ${id} cannot be added`);
}

function addToGroup(groups: number[][], key: number | undefined, row: number): void {
  if (key !== undefined) (groups[key] ??= []).push(row);
}

/** The selector without which a row has no measure. */
function requiredSelector(row: IndexedRow): number | undefined {
  if (row.kind === 'ratio') return row.denominator;
  return row.kind === 'gauge' || row.kind === 'rate' ? row.selector : undefined;
}

/**
 * Builds the index of a catalog. `extraSelectors` are read in addition to those of its rows.
 *
 * Throws if neither has a selector that engine states or SkyRL's values need: without it the value would be missing for
 * ever, which looks like an engine that does not report it.
 */
export function buildCatalogIndex(
  catalog: readonly CatalogRow[],
  extraSelectors: readonly SubjectSelector[],
): GrowingCatalogIndex {
  const registry = new SelectorRegistry();
  const rows = [...indexRows(catalog, registry)];
  for (const { subject, ...selector } of extraSelectors) registry.addSelector(selector, subject);
  const numberOf = (selector: Selector): number => registry.numberOf(selector);
  const wellKnown = Object.fromEntries(
    Object.entries(wellKnownSelectors).map(([name, selector]) => [name, numberOf(selector)]),
  ) as Record<WellKnownName, number>;
  const rowsBySelector = groupRows(rows, registry.selectors.length, requiredSelector);
  const rowsByHistogram = groupRows(rows, registry.histogramNumbers.size, quantileHistogram);
  return {
    rows,
    families: registry.families,
    sampleNames: new SampleNameResolver(registry.families),
    selectors: registry.selectors,
    selectorsByFamilyKind: registry.numbersByFamilyKind,
    histogramNumbers: registry.histogramNumbers,
    rowsBySelector,
    rowsByHistogram,
    quotientsByNumerator: groupRows(rows, rows.length, (row) => (row.kind === 'quotient' ? row.numerator : undefined)),
    quotientOperands: new Set(
      rows.flatMap((row) => (row.kind === 'quotient' ? [row.numerator, ...row.denominator] : [])),
    ),
    wellKnown,
    activityGauges: [wellKnown.running, wellKnown.waiting, wellKnown.kvUsage],
    skyrl: indexSkyrlFormulas(numberOf),
    addRow: (row) => {
      const indexed = indexRow(row, registry, noOtherRow);
      const number = rows.push(indexed) - 1;
      addToGroup(rowsBySelector, requiredSelector(indexed), number);
      addToGroup(rowsByHistogram, quantileHistogram(indexed), number);
    },
  };
}
