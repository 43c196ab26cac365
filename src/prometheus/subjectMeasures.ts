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

/** The measures of each subject of one snapshot. */
export class SubjectMeasures {
  /** By subject, then by row id. */
  readonly byKey = new Map<string, MeasuresById>();
  private readonly keysByKind = new Map<SubjectKind, Set<string>>();

  /** `livingEngineKeys`: only these engines count in aggregates. */
  constructor(private readonly livingEngineKeys: ReadonlySet<string>) {}

  /** Sets the measure of one subject. One that is not a valid number is left out. */
  set(row: CatalogRow, key: string, measure: Measure): void {
    const value = toValidNumber(row, measure.value);
    if (value === undefined) return;
    const measures = this.byKey.get(key) ?? {};
    measures[row.id] = { ...measure, value };
    this.byKey.set(key, measures);
    if (row.subject === 'engine') return;
    const keys = this.keysByKind.get(row.subject) ?? new Set();
    this.keysByKind.set(row.subject, keys.add(key));
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
    const measures = [...this.byKey].flatMap(([key, measures]) => (this.counts(row, key) && measures[row.id]) || []);
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
    for (const [engine, measures] of this.byKey) {
      const value = measures[row.id]?.value;
      if (value === undefined || !this.counts(row, engine)) continue;
      counted += 1;
      if (!lowest || value < lowest.value) lowest = { engine, value };
      if (!highest || value > highest.value) highest = { engine, value };
    }
    return lowest && highest ? { lowest, highest, counted } : {};
  }

  private counts(row: CatalogRow, key: string): boolean {
    return row.subject !== 'engine' || this.livingEngineKeys.has(key);
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
