/** Measures of single subjects, and what they amount to over several. */
import type { Extreme, Measure } from '../api';
import type { CatalogRow, SubjectKind } from '../metrics/catalog';
import { toValidNumber } from '../metrics/validNumbers';

/** Measures by row id. */
export type MeasuresById = Record<string, Measure>;

/** How the values of several subjects become one; what is pooled cannot be told from the values. */
const combiners: Partial<Record<CatalogRow['aggregate'], (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  max: (values) => values.reduce((highest, value) => Math.max(highest, value), -Infinity),
};

/** The time that a measure covers, Unix ms; a gauge has no start. */
export interface MeasureTime {
  from?: number;
  to: number;
}

/** One subject, and whether it counts in aggregates. */
interface Subject {
  key: string;
  place: number;
  isLivingEngine: boolean;
  measures: MeasuresById;
}

/** The measures of each subject of one snapshot. */
export class SubjectMeasures {
  private readonly subjects: Subject[] = [];
  private readonly subjectsByKey = new Map<string, Subject>();
  private readonly keysByKind = new Map<SubjectKind, Set<string>>();
  /** By row id, the measures by the place of their subject. */
  private readonly columns = new Map<string, (Measure | undefined)[]>();

  /** `livingEngineKeys`: only these engines count in aggregates. */
  constructor(private readonly livingEngineKeys: ReadonlySet<string>) {}

  /** By subject, then by row id. */
  get byKey(): Map<string, MeasuresById> {
    return new Map(this.subjects.map(({ key, measures }) => [key, measures]));
  }

  /** Sets the measure of one subject. One that is not a valid number is left out. */
  set(row: CatalogRow, key: string, value: number, { from, to }: MeasureTime): void {
    const valid = toValidNumber(row, value);
    if (valid === undefined) return;
    const subject = this.subjectOf(key);
    const measure: Measure = from === undefined ? { value: valid, to } : { value: valid, from, to };
    subject.measures[row.id] = measure;
    let column = this.columns.get(row.id);
    if (!column) this.columns.set(row.id, (column = []));
    column[subject.place] = measure;
    if (row.subject === 'engine') return;
    const keys = this.keysByKind.get(row.subject) ?? new Set();
    this.keysByKind.set(row.subject, keys.add(key));
  }

  /** Sets a row of each subject to what `compute` makes of its other measures. */
  setComputed(row: CatalogRow, compute: (measures: Readonly<MeasuresById>) => Measure | undefined): void {
    for (const { key, measures } of this.subjects) {
      const measure = compute(measures);
      if (measure) this.set(row, key, measure.value, measure);
    }
  }

  /** How many subjects of a kind there are; of engines the living ones. */
  count(kind: SubjectKind): number {
    return kind === 'engine' ? this.livingEngineKeys.size : (this.keysByKind.get(kind)?.size ?? 0);
  }

  /**
   * One value over all subjects, from the earliest start to the latest end; undefined if there is none, or if the row
   * is pooled.
   */
  combine(row: CatalogRow): Measure | undefined {
    const measures = [...this.countedOf(row)].map(([, measure]) => measure);
    const combine = combiners[row.aggregate];
    if (measures.length === 0 || !combine) return undefined;
    const starts = measures.flatMap(({ from }) => from ?? []);
    return {
      value: combine(measures.map(({ value }) => value)),
      ...(starts.length > 0 && { from: starts.reduce((earliest, from) => Math.min(earliest, from)) }),
      to: measures.reduce((latest, { to }) => Math.max(latest, to), -Infinity),
    };
  }

  /** The lowest and the highest subject of a row, and how many have a value; empty if none has. */
  spread(row: CatalogRow): { lowest?: Extreme; highest?: Extreme; counted?: number } {
    let [lowest, highest]: [Extreme | undefined, Extreme | undefined] = [undefined, undefined];
    let counted = 0;
    for (const [engine, { value }] of this.countedOf(row)) {
      counted += 1;
      if (!lowest || value < lowest.value) lowest = { engine, value };
      if (!highest || value > highest.value) highest = { engine, value };
    }
    return lowest && highest ? { lowest, highest, counted } : {};
  }

  /** The measures of a row that count in aggregates, with their subjects, in the order of these. */
  private *countedOf(row: CatalogRow): Generator<readonly [key: string, measure: Measure]> {
    const column = this.columns.get(row.id) ?? [];
    for (const [place, measure] of column.entries()) {
      const subject = this.subjects[place];
      if (measure && subject && (row.subject !== 'engine' || subject.isLivingEngine)) yield [subject.key, measure];
    }
  }

  private subjectOf(key: string): Subject {
    let subject = this.subjectsByKey.get(key);
    if (!subject) {
      const isLivingEngine = this.livingEngineKeys.has(key);
      subject = { key, place: this.subjects.length, isLivingEngine, measures: {} };
      this.subjects.push(subject);
      this.subjectsByKey.set(key, subject);
    }
    return subject;
  }
}

/** A measure divided by the sum of others of the same subject; undefined if one is missing, or if the sum is 0. */
export function divideMeasures(
  row: { numerator: string; denominator: readonly string[] },
  measures: Readonly<MeasuresById>,
): Measure | undefined {
  const numerator = measures[row.numerator];
  const denominators = row.denominator.map((id) => measures[id]);
  if (!numerator || denominators.includes(undefined)) return undefined;
  const sum = denominators.reduce((total, measure) => total + (measure?.value ?? 0), 0);
  if (sum <= 0) return undefined;
  const { value, from, to } = numerator;
  return { value: value / sum, ...(from !== undefined && { from }), to };
}
