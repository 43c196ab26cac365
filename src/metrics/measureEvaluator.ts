/** Evaluates all catalog rows: the measures of each subject, and those of all subjects together. */
import type { Distribution, Measure } from '../api';
import type { SlicedWork } from '../shared/timeSlice';
import type { SubjectKind } from './catalog';
import type { CatalogIndex } from './catalogIndex';
import { evaluateRow } from './evaluateRow';
import { gaugeStaleAfterMs } from './gaugeValues';
import type { IndexedRow } from './indexedRows';
import { RowAggregate } from './rowAggregate';
import { newRowValue, type RowValue } from './rowValue';
import type { SubjectState } from './subjectState';
import { combineRateWindows } from './subjectSpan';
import { toInterval } from './validNumbers';

interface MeasureInput {
  /** All subjects but engines that are dead or gone, which are in no aggregate. */
  livingSubjects: readonly SubjectState[];
  /** Unix ms. */
  now: number;
  /** Whether rates are taken over the last three rate windows, as on the timer, or over the last one. */
  sliding: boolean;
  /** Ray 2.52 and newer rebuild the sums of histograms from the midpoints of their buckets. */
  rebuiltSums: boolean;
  /** Whether a subject's measure of a row is part of the aggregate, by catalog id and subject key; by default it is. */
  counts?: (rowId: string, key: string) => boolean;
  /** Which rows are evaluated, by catalog id; by default all. */
  wants?: (id: string) => boolean;
}

interface AggregateMeasures {
  /** By catalog id. What was not measured is left out. */
  measures: Record<string, Measure>;
  /** By the id that a histogram's rows begin with. */
  distributions: Record<string, Distribution>;
  /** Ratios since the subjects started, by catalog id: what a first scrape can tell. */
  sinceStart: Record<string, number>;
}

/** What one scrape amounts to. */
export interface MeasureResult extends AggregateMeasures {
  /** Measures by catalog id, by subject key. */
  bySubject: Map<string, Record<string, Measure>>;
}

const noOperands: ReadonlyMap<number, RowValue> = new Map();

/** Each kind of measure is created with all of its fields at once: objects that grow are slow to make and to read. */
function toSubjectMeasure({ value, denominator, from, to, low, high, bucket }: RowValue): Measure {
  if (Number.isNaN(from)) return { value, to };
  if (bucket) return { value, from, to, bucket };
  const bounds = toInterval(low / denominator, high / denominator);
  return bounds ? { value, from, to, bounds } : { value, from, to };
}

/** Evaluates one run, scrape after scrape. Its objects are used again, but nothing of a scrape is remembered. */
export class MeasureEvaluator {
  private readonly rows: readonly IndexedRow[];
  private readonly quotientOperands: ReadonlySet<number>;
  /** By row number. Undefined until a subject has a measure of the row, which is true of most rows. */
  private readonly aggregates: (RowAggregate | undefined)[] = [];
  private readonly lifetimeAggregates: (RowAggregate | undefined)[] = [];
  private readonly rowValue = newRowValue();

  constructor({ rows, quotientOperands }: CatalogIndex) {
    this.rows = rows;
    this.quotientOperands = quotientOperands;
  }

  /** Evaluates one scrape, with a pause after each subject. */
  *measure(input: MeasureInput): SlicedWork<MeasureResult> {
    for (const aggregate of this.aggregates) aggregate?.reset();
    for (const aggregate of this.lifetimeAggregates) aggregate?.reset();
    const bySubject: MeasureResult['bySubject'] = new Map();
    const subjectCounts = new Map<SubjectKind, number>();
    for (const state of input.livingSubjects) {
      bySubject.set(state.key, this.measureSubject(state, input));
      this.addLifetime(state, input);
      subjectCounts.set(state.subject, (subjectCounts.get(state.subject) ?? 0) + 1);
      yield;
    }
    return { bySubject, ...this.collectAggregates(subjectCounts, input) };
  }

  /** The measures of one subject. Those that are not stale are added to the aggregates. */
  private measureSubject(
    state: SubjectState,
    { now, sliding, rebuiltSums, wants, counts }: MeasureInput,
  ): Record<string, Measure> {
    const { rows, rowValue } = this;
    const windows = sliding ? state.rateWindows : state.rateWindows.slice(-1);
    const span = combineRateWindows(state, windows, rebuiltSums);
    const operands = new Map<number, RowValue>();
    const measures: Record<string, Measure> = {};
    for (const number of state.seriesIndex.rows) {
      const indexed = rows[number] as IndexedRow;
      if (wants && !wants(indexed.row.id)) continue;
      if (!evaluateRow(indexed, span, operands, rowValue)) continue;
      if (this.quotientOperands.has(number)) operands.set(number, { ...rowValue });
      measures[indexed.row.id] = toSubjectMeasure(rowValue);
      if (now - rowValue.seenAt < gaugeStaleAfterMs && (!counts || counts(indexed.row.id, state.key)))
        (this.aggregates[number] ??= new RowAggregate(indexed)).add(rowValue, state.key);
    }
    return measures;
  }

  /** Adds the ratios of a subject since it started. */
  private addLifetime(state: SubjectState, { wants, counts }: MeasureInput): void {
    const { values, firstSeenAt, seriesIndex } = state;
    if (!values) return;
    const lifetime = { from: firstSeenAt, to: firstSeenAt, seconds: undefined, deltas: values };
    const span = combineRateWindows(state, [lifetime], false);
    for (const number of seriesIndex.rows) {
      const indexed = this.rows[number] as IndexedRow;
      if (indexed.kind !== 'ratio' || (wants && !wants(indexed.row.id))) continue;
      if (counts && !counts(indexed.row.id, state.key)) continue;
      if (evaluateRow(indexed, span, noOperands, this.rowValue))
        (this.lifetimeAggregates[number] ??= new RowAggregate(indexed)).add(this.rowValue, state.key);
    }
  }

  private collectAggregates(
    subjectCounts: ReadonlyMap<SubjectKind, number>,
    { livingSubjects, counts }: MeasureInput,
  ): AggregateMeasures {
    const measures: AggregateMeasures['measures'] = {};
    const distributions: AggregateMeasures['distributions'] = {};
    const sinceStart: AggregateMeasures['sinceStart'] = {};
    for (let number = 0; number < this.rows.length; number += 1) {
      const { row } = this.rows[number] as IndexedRow;
      const aggregate = this.aggregates[number];
      const subjectCount =
        counts && aggregate
          ? livingSubjects.filter(({ subject, key }) => subject === row.subject && counts(row.id, key)).length
          : (subjectCounts.get(row.subject) ?? 0);
      const measure = aggregate?.measure(subjectCount);
      if (measure) measures[row.id] = measure;
      const lifetime = this.lifetimeAggregates[number]?.value;
      if (lifetime !== undefined) sinceStart[row.id] = lifetime;
      if (row.kind !== 'quantile' || row.histogram in distributions) continue;
      const distribution = aggregate?.distribution(subjectCount);
      if (distribution) distributions[row.histogram] = distribution;
    }
    return { measures, distributions, sinceStart };
  }
}
