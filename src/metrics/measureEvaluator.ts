/** From tracks to measures: what is true of each subject, and of all of them. */
import type { Distribution, Measure } from '../api';
import type { SlicedWork } from '../shared/timeSlice';
import type { SubjectKind } from './catalog';
import { evaluateRow, newRowValue, combineWindows, type RowValue } from './evaluateRow';
import { indexedRows, type IndexedRow } from './catalogIndex';
import { gaugeStaleAfterMs, type SubjectState } from './subjectState';
import { RowAggregate } from './rowAggregate';

export interface MeasureInput {
  /** Those that live: dead and gone engines are of no aggregate. */
  livingSubjects: readonly SubjectState[];
  /** Unix ms. */
  now: number;
  /** On the timer rates slide over the last three windows; on command the last one counts. */
  sliding: boolean;
  /** Ray ≥ 2.52 rebuilds histogram sums from bucket midpoints. */
  rebuiltSums: boolean;
}

export interface MeasureResult {
  /** By catalog id; what is absent is left out, never 0. */
  measures: Record<string, Measure>;
  /** By track key. */
  bySubject: Map<string, Record<string, Measure>>;
  distributions: Record<string, Distribution>;
  /** Ratios over the subjects' whole lives, by catalog id: what a first scrape can say of them. */
  sinceStart: Record<string, number>;
}

/** Rows that quotients are made of. */
const quotientOperands = new Set(
  indexedRows.flatMap((planned) => (planned.kind === 'quotient' ? [planned.numerator, ...planned.denominator] : [])),
);
const noOperands: ReadonlyMap<number, RowValue> = new Map();

/** Each kind in one piece: objects that grow are slow to make and to read. */
function toSubjectMeasure({ value, denominator, from, to, low, high, bucket }: RowValue): Measure {
  if (Number.isNaN(from)) return { value, to };
  if (bucket) return { value, from, to, bucket };
  if (Number.isNaN(low)) return { value, from, to };
  return {
    value,
    from,
    to,
    bounds: Number.isFinite(high) ? { low: low / denominator, high: high / denominator } : { low: low / denominator },
  };
}

/** Measures a run, scrape after scrape. Remembers nothing of them: what it holds is made once and serves each. */
export class MeasureEvaluator {
  /** By row; of most rows nobody says anything. */
  private readonly aggregates: (RowAggregate | undefined)[] = [];
  private readonly lifetimeAggregates: (RowAggregate | undefined)[] = [];
  private readonly rowValue = newRowValue();

  *measure(input: MeasureInput): SlicedWork<MeasureResult> {
    for (const whole of this.aggregates) whole?.reset();
    for (const life of this.lifetimeAggregates) life?.reset();
    const own: MeasureResult['bySubject'] = new Map();
    const counts = new Map<SubjectKind, number>();
    for (const track of input.livingSubjects) {
      own.set(track.key, this.measureOne(track, input));
      this.addLife(track);
      counts.set(track.subject, (counts.get(track.subject) ?? 0) + 1);
      yield;
    }
    return { bySubject: own, ...this.allOf(counts) };
  }

  /** A subject's own measures; what is fresh of them is added to the whole. */
  private measureOne(track: SubjectState, { now, sliding, rebuiltSums }: MeasureInput): Record<string, Measure> {
    const { rowValue } = this;
    const span = combineWindows(track, sliding ? track.rateWindows : track.rateWindows.slice(-1), rebuiltSums);
    const others = new Map<number, RowValue>();
    const own: Record<string, Measure> = {};
    for (const row of track.seriesIndex.rows) {
      const planned = indexedRows[row] as IndexedRow;
      if (!evaluateRow(planned, span, others, rowValue)) continue;
      if (quotientOperands.has(row)) others.set(row, { ...rowValue });
      own[planned.row.id] = toSubjectMeasure(rowValue);
      if (now - rowValue.seenAt < gaugeStaleAfterMs)
        (this.aggregates[row] ??= new RowAggregate(planned)).add(rowValue, track.key);
    }
    return own;
  }

  /** The ratios over its whole life. */
  private addLife(track: SubjectState): void {
    const { values, firstSeenAt: met, seriesIndex } = track;
    if (!values) return;
    const span = combineWindows(track, [{ from: met, to: met, seconds: undefined, deltas: values }], false);
    for (const row of seriesIndex.rows) {
      const planned = indexedRows[row] as IndexedRow;
      if (planned.kind === 'ratio' && evaluateRow(planned, span, noOperands, this.rowValue))
        (this.lifetimeAggregates[row] ??= new RowAggregate(planned)).add(this.rowValue, track.key);
    }
  }

  private allOf(counts: ReadonlyMap<SubjectKind, number>): Omit<MeasureResult, 'bySubject'> {
    const whole: Omit<MeasureResult, 'bySubject'> = { measures: {}, distributions: {}, sinceStart: {} };
    const { measures, distributions, sinceStart } = whole;
    for (let number = 0; number < indexedRows.length; number += 1) {
      const { row } = indexedRows[number] as IndexedRow;
      const of = counts.get(row.subject) ?? 0;
      const all = this.aggregates[number];
      const measure = all?.measure(of);
      if (measure) measures[row.id] = measure;
      const life = this.lifetimeAggregates[number]?.value;
      if (life !== undefined) sinceStart[row.id] = life;
      if (row.kind !== 'quantile' || row.histogram in distributions) continue;
      const distribution = all?.distribution(of);
      if (distribution) distributions[row.histogram] = distribution;
    }
    return whole;
  }
}
