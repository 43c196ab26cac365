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
  type ScalarPart,
  type Selector,
  type Subject,
} from './catalog';

export interface WantedFamily {
  /** Its place in tables by family. */
  number: number;
  subject: Subject;
  histogram: boolean;
  /** Kinds of plain samples it has. */
  parts: Set<'gauge' | 'counter'>;
}

/** Families by bare name. */
export const wantedFamilies = new Map<string, WantedFamily>();
/** Every selector that somebody asks for; its index is its number. */
export const selectors: Selector[] = [];
/** Numbers of the histograms by bare name. */
export const histograms = new Map<string, number>();
/** Numbers of selectors by family and part: what a new series is tried against. */
export const selectorsOf = new Map<string, number[]>();

const numbers = new Map<string, number>();

function want(family: string, subject: Subject): WantedFamily {
  const wanted = wantedFamilies.get(family) ?? {
    number: wantedFamilies.size,
    subject,
    histogram: false,
    parts: new Set(),
  };
  wantedFamilies.set(family, wanted);
  return wanted;
}

const partKey = (family: string, part: ScalarPart): string => `${family} ${part}`;

/** The number of a selector; the same selector has the same number. */
export function selectorNumber(selector: Selector, subject: Subject = 'engine'): number {
  const { family, part, where = {} } = selector;
  const wanted = want(family, subject);
  if (part === 'gauge' || part === 'counter') wanted.parts.add(part);
  else wanted.histogram = true;
  const key = JSON.stringify([family, part, where]);
  const known = numbers.get(key);
  if (known !== undefined) return known;
  const number = selectors.push(selector) - 1;
  numbers.set(key, number);
  const siblings = selectorsOf.get(partKey(family, part)) ?? [];
  selectorsOf.set(partKey(family, part), [...siblings, number]);
  return number;
}

/** The number of a histogram. */
export function histogramNumber(family: string, subject: Subject = 'engine'): number {
  want(family, subject).histogram = true;
  const number = histograms.get(family) ?? histograms.size;
  histograms.set(family, number);
  return number;
}

/** A row with the numbers of what it is made of. */
export type PlannedRow =
  | { kind: 'gauge'; row: GaugeRow; of: number }
  | { kind: 'rate'; row: RateRow | IncreaseRow; of: number; histogram?: number }
  | { kind: 'ratio'; row: RatioRow | MeanRow; above: number; below: number; histogram?: number }
  | { kind: 'quantile'; row: QuantileRow; histogram: number }
  | { kind: 'quotient'; row: QuotientRow; above: number; below: readonly number[] };

/** Quotients come last: they are made of the others. */
const ordered: readonly CatalogRow[] = [...catalog].sort(
  (a, b) => Number(a.kind === 'quotient') - Number(b.kind === 'quotient'),
);
const rowNumber = (id: string): number => ordered.findIndex((row) => row.id === id);

function plan(row: CatalogRow): PlannedRow {
  const { subject } = row;
  switch (row.kind) {
    case 'gauge':
      return { kind: 'gauge', row, of: selectorNumber(row.of, subject) };
    case 'rate':
    case 'increase':
      return {
        kind: 'rate',
        row,
        of: selectorNumber(row.of, subject),
        ...(row.of.part === 'sum' && { histogram: histogramNumber(row.of.family, subject) }),
      };
    case 'ratio':
      return {
        kind: 'ratio',
        row,
        above: selectorNumber(row.above, subject),
        below: selectorNumber(row.below, subject),
      };
    case 'mean': {
      const [family = ''] = row.families;
      const part = (name: 'sum' | 'count'): number => selectorNumber({ family, part: name }, subject);
      return {
        kind: 'ratio',
        row,
        above: part('sum'),
        below: part('count'),
        histogram: histogramNumber(family, subject),
      };
    }
    case 'quantile':
      return { kind: 'quantile', row, histogram: histogramNumber(row.families[0] ?? '', subject) };
    case 'quotient':
      return { kind: 'quotient', row, above: rowNumber(row.above), below: row.below.map(rowNumber) };
  }
}

/** The rows in the order in which they are measured; a row's index is its number. */
export const plannedRows: readonly PlannedRow[] = ordered.map(plan);

function rowsBy(keyOf: (planned: PlannedRow) => number | undefined, count: number): readonly (readonly number[])[] {
  const rows = Array.from({ length: count }, (): number[] => []);
  plannedRows.forEach((planned, row) => {
    const key = keyOf(planned);
    if (key !== undefined) rows[key]?.push(row);
  });
  return rows;
}

/** By selector: the rows that say nothing where it has no series. */
export const rowsOfSelector = rowsBy(
  (planned) =>
    planned.kind === 'ratio'
      ? planned.below
      : planned.kind === 'gauge' || planned.kind === 'rate'
        ? planned.of
        : undefined,
  selectors.length,
);
/** By histogram: its quantiles. */
export const rowsOfHistogram = rowsBy(
  (planned) => (planned.kind === 'quantile' ? planned.histogram : undefined),
  histograms.size,
);
/** By row: the quotients that it is the numerator of. */
export const quotientsOf = rowsBy(
  (planned) => (planned.kind === 'quotient' ? planned.above : undefined),
  plannedRows.length,
);

const ofRow = (id: string): number => {
  const row = catalogRow(id);
  if (row.kind !== 'gauge' && row.kind !== 'rate') throw new Error(`${id} is not of one selector`);
  return selectorNumber(row.of, row.subject);
};

/** Selectors that the code asks for by name. */
export const asked = {
  running: ofRow('num_requests_running'),
  waiting: ofRow('num_requests_waiting'),
  kvUsage: ofRow('kv_cache_usage_perc'),
  awake: ofRow('engines_awake'),
  cacheConfig: ofRow('kv_cache_size_tokens'),
  sleepState: selectorNumber({ family: 'engine_sleep_state', part: 'gauge' }),
  phase: selectorNumber({ family: 'skyrl_training_phase', part: 'gauge' }, 'trainer'),
  drafts: selectorNumber({ family: 'spec_decode_num_drafts', part: 'counter' }),
  acceptedAt: selectorNumber({ family: 'spec_decode_num_accepted_tokens_per_pos', part: 'counter' }),
};

/** Gauges of engines that are set again and again while there is work. */
export const lively: readonly number[] = [asked.running, asked.waiting, asked.kvUsage];
