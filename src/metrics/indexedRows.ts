/** Catalog rows with the numbers of the selectors, histograms and rows that they are computed from. */
import type {
  CatalogRow,
  GaugeRow,
  IncreaseRow,
  MeanRow,
  QuantileRow,
  QuotientRow,
  RateRow,
  RatioRow,
  ScalarKind,
} from './catalog';
import type { SelectorRegistry } from './selectorRegistry';

/**
 * A row with its numbers. `zeroIf` is the selector of the row's condition. `histogram` is there if the row divides a histogram's sum, which Ray 2.52 and newer rebuild
 * from its buckets.
 */
export type IndexedRow =
  | { kind: 'gauge'; row: GaugeRow; selector: number }
  | { kind: 'rate'; row: RateRow | IncreaseRow; selector: number; histogram?: number }
  | {
      kind: 'ratio';
      row: RatioRow | MeanRow;
      numerator: number;
      denominator: number;
      histogram?: number;
      zeroIf?: number;
    }
  | { kind: 'quantile'; row: QuantileRow; histogram: number }
  | { kind: 'quotient'; row: QuotientRow; numerator: number; denominator: readonly number[] };

/** Adds the row's selectors and histograms to the registry. `rowNumber` gives the number of another row by its id. */
export function indexRow(row: CatalogRow, registry: SelectorRegistry, rowNumber: (id: string) => number): IndexedRow {
  const { subject } = row;
  const [family = ''] = row.families;
  const histogramPart = (sampleKind: ScalarKind): number => registry.addSelector({ family, sampleKind }, subject);
  switch (row.kind) {
    case 'gauge': {
      const selector = registry.addSelector(row.selector, subject);
      registry.setLeast(family, row.least);
      return { kind: 'gauge', row, selector };
    }
    case 'rate':
    case 'increase':
      return {
        kind: 'rate',
        row,
        selector: registry.addSelector(row.selector, subject),
        ...(row.selector.sampleKind === 'sum' && { histogram: registry.addHistogram(family, subject) }),
      };
    case 'ratio':
      return {
        kind: 'ratio',
        row,
        numerator: registry.addSelector(row.numerator, subject),
        denominator: registry.addSelector(row.denominator, subject),
        ...(row.zeroIf && { zeroIf: registry.addSelector(row.zeroIf.counter, subject) }),
      };
    case 'mean':
      return {
        kind: 'ratio',
        row,
        numerator: histogramPart('sum'),
        denominator: histogramPart('count'),
        histogram: registry.addHistogram(family, subject),
      };
    case 'quantile':
      return { kind: 'quantile', row, histogram: registry.addHistogram(family, subject) };
    case 'quotient':
      return {
        kind: 'quotient',
        row,
        numerator: rowNumber(row.numerator),
        denominator: row.denominator.map(rowNumber),
      };
  }
}

/**
 * The rows in the order in which they are evaluated; a row's index is its number. Quotients come last, because they are
 * computed from other rows. Throws if a quotient names a row that is not in the catalog.
 */
export function indexRows(catalog: readonly CatalogRow[], registry: SelectorRegistry): readonly IndexedRow[] {
  const ordered = [...catalog].sort((a, b) => Number(a.kind === 'quotient') - Number(b.kind === 'quotient'));
  const rowNumber = (id: string): number => {
    const number = ordered.findIndex((row) => row.id === id);
    if (number === -1) throw new Error(`no catalog row ${id}`);
    return number;
  };
  return ordered.map((row) => indexRow(row, registry, rowNumber));
}

/** Lists the numbers of rows by a key between 0 and `count`; rows without a key are left out. */
export function groupRows(
  rows: readonly IndexedRow[],
  count: number,
  keyOf: (row: IndexedRow) => number | undefined,
): number[][] {
  const groups = Array.from({ length: count }, (): number[] => []);
  rows.forEach((row, number) => {
    const key = keyOf(row);
    if (key !== undefined) groups[key]?.push(number);
  });
  return groups;
}
