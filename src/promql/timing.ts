/** When a query is evaluated: its moment, and the range and step of its plot. */

/** What a scratchpad's first line shows and changes. */
export interface Timing {
  /** Moment of evaluation and end of the range in Unix ms; now if undefined. */
  at?: number | undefined;
  rangeMs: number;
  /** If undefined, the step follows the range. */
  stepMs?: number | undefined;
}

/** The timing of a new scratchpad: the last hour. */
export const defaultTiming: Timing = { rangeMs: 60 * 60_000 };

/** As many points as a chart of a usual width can show. */
const chartPoints = 250;
/** Prometheus refuses more points per series than this (`(end − start) / step`). */
export const maxSteps = 11_000;

const roundStepsMs = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400].map(
  (seconds) => seconds * 1000,
);

/** The chosen step, or a round one that fits the range and is no shorter than a scrape interval. In ms. */
export function resolveStep({ rangeMs, stepMs }: Timing, scrapeIntervalMs: number): number {
  if (stepMs !== undefined) return stepMs;
  const shortest = Math.max(scrapeIntervalMs, rangeMs / chartPoints);
  return roundStepsMs.find((step) => step >= shortest) ?? Math.ceil(rangeMs / chartPoints);
}

/** Range of a plot in Unix ms. Its ends are multiples of the step, so that a repeated plot has the same points. */
export function resolveRange(
  timing: Timing,
  scrapeIntervalMs: number,
  now: number,
): { from: number; to: number; stepMs: number } {
  const stepMs = resolveStep(timing, scrapeIntervalMs);
  const to = Math.floor((timing.at ?? now) / stepMs) * stepMs;
  return { from: to - Math.floor(timing.rangeMs / stepMs) * stepMs, to, stepMs };
}
