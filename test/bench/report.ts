/** What a bench says: one JSON object a line on stdout, which `scripts/bench.mjs` makes tables of. */

/** How many times faster ours is than each anchor on the same bytes in the same run. */
export type Ratios = Record<string, number>;

export interface Result {
  work: string;
  value: number;
  unit: string;
  /** Of the repeated runs. */
  lowest?: number;
  highest?: number;
  ratios?: Ratios;
}

const say = (line: object): unknown => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Inputs are small and rounds few: whether it runs, not how fast. */
export const smoke = process.env.SKYRL_BENCH_SMOKE === '1';

/** What stands above the next rows. */
export const table = (title: string): unknown => say({ table: title });
export const result = (row: Result): unknown => say(row);
export const skipped = (work: string, reason: string): unknown => say({ skipped: work, reason });
/** Points of growth: drawn as a small plot. */
export const plot = (
  title: string,
  unit: string,
  points: readonly (readonly [label: string, value: number])[],
): unknown => say({ plot: title, unit, points });
