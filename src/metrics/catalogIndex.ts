/** The catalog, made ready for reading: which families are read, and a number for each selector and histogram that somebody asks for. */
import {
  catalog,
  catalogRow,
  type CatalogRow,
  type GaugeRow,
  type IncreaseRow,
  type MeanRow,
  type QuantileRow,
  type QuotientRow,
  type RateRow,
  type RatioRow,
  type ScalarKind,
  type Selector,
  type SubjectKind,
} from './catalog';

export interface WantedFamily {
  /** Its place in tables by family. */
  number: number;
  subject: SubjectKind;
  isHistogram: boolean;
  /** Kinds of plain samples it has. */
  scalarKinds: Set<'gauge' | 'counter'>;
}

/** Families by bare name. */
export const wantedFamilies = new Map<string, WantedFamily>();
/** Every selector that somebody asks for; its index is its number. */
export const selectors: Selector[] = [];
/** Numbers of the histograms by bare name. */
export const histogramNumbers = new Map<string, number>();
/** Numbers of selectors by family and part: what a new series is tried against. */
export const selectorsByFamily = new Map<string, number[]>();

const numbers = new Map<string, number>();

function addFamily(family: string, subject: SubjectKind): WantedFamily {
  const wanted = wantedFamilies.get(family) ?? {
    number: wantedFamilies.size,
    subject,
    isHistogram: false,
    scalarKinds: new Set(),
  };
  wantedFamilies.set(family, wanted);
  return wanted;
}

const partKey = (family: string, part: ScalarKind): string => `${family} ${part}`;

/** The number of a selector; the same selector has the same number. */
export function registerSelector(selector: Selector, subject: SubjectKind = 'engine'): number {
  const { family, sampleKind, where = {} } = selector;
  const wanted = addFamily(family, subject);
  if (sampleKind === 'gauge' || sampleKind === 'counter') wanted.scalarKinds.add(sampleKind);
  else wanted.isHistogram = true;
  const key = JSON.stringify([family, sampleKind, where]);
  const known = numbers.get(key);
  if (known !== undefined) return known;
  const number = selectors.push(selector) - 1;
  numbers.set(key, number);
  const siblings = selectorsByFamily.get(partKey(family, sampleKind)) ?? [];
  selectorsByFamily.set(partKey(family, sampleKind), [...siblings, number]);
  return number;
}

/** The number of a histogram. */
export function registerHistogram(family: string, subject: SubjectKind = 'engine'): number {
  addFamily(family, subject).isHistogram = true;
  const number = histogramNumbers.get(family) ?? histogramNumbers.size;
  histogramNumbers.set(family, number);
  return number;
}

/** A row with the numbers of what it is made of. */
export type IndexedRow =
  | { kind: 'gauge'; row: GaugeRow; selector: number }
  | { kind: 'rate'; row: RateRow | IncreaseRow; selector: number; histogram?: number }
  | { kind: 'ratio'; row: RatioRow | MeanRow; numerator: number; denominator: number; histogram?: number }
  | { kind: 'quantile'; row: QuantileRow; histogram: number }
  | { kind: 'quotient'; row: QuotientRow; numerator: number; denominator: readonly number[] };

/** Quotients come last: they are made of the others. */
const orderedRows: readonly CatalogRow[] = [...catalog].sort(
  (a, b) => Number(a.kind === 'quotient') - Number(b.kind === 'quotient'),
);
const rowNumber = (id: string): number => orderedRows.findIndex((row) => row.id === id);

function indexRow(row: CatalogRow): IndexedRow {
  const { subject } = row;
  switch (row.kind) {
    case 'gauge':
      return { kind: 'gauge', row, selector: registerSelector(row.selector, subject) };
    case 'rate':
    case 'increase':
      return {
        kind: 'rate',
        row,
        selector: registerSelector(row.selector, subject),
        ...(row.selector.sampleKind === 'sum' && { histogram: registerHistogram(row.selector.family, subject) }),
      };
    case 'ratio':
      return {
        kind: 'ratio',
        row,
        numerator: registerSelector(row.numerator, subject),
        denominator: registerSelector(row.denominator, subject),
      };
    case 'mean': {
      const [family = ''] = row.families;
      const part = (name: 'sum' | 'count'): number => registerSelector({ family, sampleKind: name }, subject);
      return {
        kind: 'ratio',
        row,
        numerator: part('sum'),
        denominator: part('count'),
        histogram: registerHistogram(family, subject),
      };
    }
    case 'quantile':
      return { kind: 'quantile', row, histogram: registerHistogram(row.families[0] ?? '', subject) };
    case 'quotient':
      return {
        kind: 'quotient',
        row,
        numerator: rowNumber(row.numerator),
        denominator: row.denominator.map(rowNumber),
      };
  }
}

/** The rows in the order in which they are measured; a row's index is its number. */
export const indexedRows: readonly IndexedRow[] = orderedRows.map(indexRow);

function rowsBy(keyOf: (planned: IndexedRow) => number | undefined, count: number): readonly (readonly number[])[] {
  const rows = Array.from({ length: count }, (): number[] => []);
  indexedRows.forEach((planned, row) => {
    const key = keyOf(planned);
    if (key !== undefined) rows[key]?.push(row);
  });
  return rows;
}

/** By selector: the rows that say nothing where it has no series. */
export const rowsBySelector = rowsBy(
  (planned) =>
    planned.kind === 'ratio'
      ? planned.denominator
      : planned.kind === 'gauge' || planned.kind === 'rate'
        ? planned.selector
        : undefined,
  selectors.length,
);
/** By histogram: its quantiles. */
export const rowsByHistogram = rowsBy(
  (planned) => (planned.kind === 'quantile' ? planned.histogram : undefined),
  histogramNumbers.size,
);
/** By row: the quotients that it is the numerator of. */
export const quotientsByNumerator = rowsBy(
  (planned) => (planned.kind === 'quotient' ? planned.numerator : undefined),
  indexedRows.length,
);

const selectorOfRow = (id: string): number => {
  const row = catalogRow(id);
  if (row.kind !== 'gauge' && row.kind !== 'rate') throw new Error(`${id} is not of one selector`);
  return registerSelector(row.selector, row.subject);
};

/** Selectors that the code asks for by name. */
export const wellKnown = {
  running: selectorOfRow('num_requests_running'),
  waiting: selectorOfRow('num_requests_waiting'),
  kvUsage: selectorOfRow('kv_cache_usage_perc'),
  awake: selectorOfRow('engines_awake'),
  cacheConfig: selectorOfRow('kv_cache_size_tokens'),
  sleepState: registerSelector({ family: 'engine_sleep_state', sampleKind: 'gauge' }),
  phase: registerSelector({ family: 'skyrl_training_phase', sampleKind: 'gauge' }, 'trainer'),
  drafts: registerSelector({ family: 'spec_decode_num_drafts', sampleKind: 'counter' }),
  acceptedByPosition: registerSelector({ family: 'spec_decode_num_accepted_tokens_per_pos', sampleKind: 'counter' }),
};

/** Gauges of engines that are set again and again while there is work. */
export const activityGauges: readonly number[] = [wellKnown.running, wellKnown.waiting, wellKnown.kvUsage];
