/** The output of a bench: one JSON object per line on stdout, which `scripts/bench.mjs` formats as tables. */

/** By anchor: how many times faster our code is, on the same bytes in the same run. */
type Ratios = Record<string, number>;

/** A row of a table. */
export interface Result {
  work: string;
  value: number;
  unit: string;
  /** Of the repeated measurements. */
  lowest?: number;
  highest?: number;
  ratios?: Ratios;
}

const print = (line: object): unknown => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Whether inputs are small and rounds few, to test that a bench runs. */
export const smoke = process.env.SKYRL_BENCH_SMOKE === '1';

/** Begins a table with a title. */
export const table = (title: string): unknown => print({ table: title });
/** Prints a row. */
export const result = (row: Result): unknown => print(row);
/** Prints why something was not measured. */
export const skipped = (work: string, reason: string): unknown => print({ skipped: work, reason });
/** Prints points, which are drawn as a small plot. */
export const plot = (
  title: string,
  unit: string,
  points: readonly (readonly [label: string, value: number])[],
): unknown => print({ plot: title, unit, points });
