/**
 * The series of many subjects as typed arrays, which VS Code hands to a page as they are; ordinary series become JSON,
 * which for hundreds of engines is many megabytes.
 */
import type { ChartSeries, ChartSubject } from './chartData';
import { isList, isObject, isString } from './guards';
import { isChartSubject } from './subjectChoice';

/** The series of one measure. */
interface MeasureColumns {
  /** Catalog id. */
  measure: string;
  /** By series: the index of its subject, and the number of its rows. */
  subject: Uint32Array;
  rows: Uint32Array;
  /** Rows of all series, one series after the other. Unix ms, ascending within a series. */
  at: Float64Array;
  /** NaN is a gap. */
  value: Float64Array;
}

/** Series of single subjects, without their spread. */
export interface SeriesColumns {
  subjects: ChartSubject[];
  measures: MeasureColumns[];
}

/** The series of single subjects as columns. Aggregates are left out. */
export function packSeries(series: readonly ChartSeries[]): SeriesColumns {
  const indexById = new Map<string, number>();
  const subjects: ChartSubject[] = [];
  const byMeasure = new Map<string, ChartSeries[]>();
  for (const one of series) {
    const { engine, measure } = one;
    if (!engine) continue;
    if (!indexById.has(engine.id)) indexById.set(engine.id, subjects.push(engine) - 1);
    const ofMeasure = byMeasure.get(measure);
    if (ofMeasure) ofMeasure.push(one);
    else byMeasure.set(measure, [one]);
  }
  const measures = [...byMeasure].map(([measure, members]) => packMeasure(measure, members, indexById));
  return { subjects, measures };
}

function packMeasure(
  measure: string,
  series: readonly ChartSeries[],
  indexById: ReadonlyMap<string, number>,
): MeasureColumns {
  const rows = Uint32Array.from(series, ({ at }) => at.length);
  const total = rows.reduce((sum, count) => sum + count, 0);
  const [at, value] = [new Float64Array(total), new Float64Array(total)];
  let start = 0;
  for (const one of series) {
    at.set(one.at, start);
    one.value.forEach((number, row) => {
      value[start + row] = number ?? NaN;
    });
    start += one.at.length;
  }
  return {
    measure,
    subject: Uint32Array.from(series, ({ engine }) => indexById.get(engine?.id ?? '') ?? 0),
    rows,
    at,
    value,
  };
}

/** The series that columns hold. */
export function unpackSeries({ subjects, measures }: SeriesColumns): ChartSeries[] {
  return measures.flatMap(({ measure, subject, rows, at, value }) => {
    let start = 0;
    return Array.from(subject, (subjectIndex, index): ChartSeries => {
      const end = start + (rows[index] ?? 0);
      const series: ChartSeries = {
        measure,
        at: Array.from(at.subarray(start, end)),
        value: Array.from(value.subarray(start, end), (number) => (Number.isNaN(number) ? null : number)),
      };
      start = end;
      const engine = subjects[subjectIndex];
      return engine ? { ...series, engine } : series;
    });
  });
}

/** Whether a value is a set of columns that fit together. */
export function isSeriesColumns(value: unknown): value is SeriesColumns {
  return (
    isObject(value) &&
    isList(value['subjects'], isChartSubject) &&
    hasMeasures(value['measures'], value['subjects'].length)
  );
}

function hasMeasures(value: unknown, subjectCount: number): boolean {
  return Array.isArray(value) && value.every((columns) => isMeasureColumns(columns, subjectCount));
}

function isMeasureColumns(columns: unknown, subjectCount: number): boolean {
  if (!isObject(columns) || !isString(columns['measure'])) return false;
  const { subject, rows, at, value } = columns;
  return (
    subject instanceof Uint32Array &&
    rows instanceof Uint32Array &&
    at instanceof Float64Array &&
    value instanceof Float64Array &&
    subject.length === rows.length &&
    at.length === value.length &&
    subject.every((index) => index < subjectCount) &&
    hasAscendingTimes(rows, at)
  );
}

/** Whether the rows are all of `at`, and times are finite and strictly ascending within each series. */
function hasAscendingTimes(rows: Uint32Array, at: Float64Array): boolean {
  let start = 0;
  for (const count of rows) {
    if (start + count > at.length) return false;
    for (let row = start; row < start + count; row++) {
      const time = at[row] ?? NaN;
      if (!Number.isFinite(time) || (row > start && time <= (at[row - 1] ?? Infinity))) return false;
    }
    start += count;
  }
  return start === at.length;
}
