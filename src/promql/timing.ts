/** When a query is asked for: its moment, and range and step of its plot. */

export interface Timing {
  /** Unix ms; undefined is now. */
  at?: number | undefined;
  rangeMs: number;
  /** Undefined: by the range. */
  stepMs?: number | undefined;
}

export const defaultTiming: Timing = { rangeMs: 60 * 60_000 };

/** Points that a chart of a usual width can show. */
const points = 250;
/** Above it the server refuses; `(end − start) / step`. */
export const mostSteps = 11_000;

const roundSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400].map(
  (seconds) => seconds * 1000,
);

/** The step as chosen, or a round one for the range, never shorter than a scrape. Ms. */
export function resolveStep({ rangeMs, stepMs }: Timing, scrapeIntervalMs: number): number {
  if (stepMs !== undefined) return stepMs;
  const least = Math.max(scrapeIntervalMs, rangeMs / points);
  return roundSteps.find((step) => step >= least) ?? Math.ceil(rangeMs / points);
}

/** The range of a plot at `now`, its ends on whole steps so that a plot again has the same points. */
export function resolveRange(
  timing: Timing,
  scrapeIntervalMs: number,
  now: number,
): { from: number; to: number; stepMs: number } {
  const stepMs = resolveStep(timing, scrapeIntervalMs);
  const to = Math.floor((timing.at ?? now) / stepMs) * stepMs;
  return { from: to - Math.floor(timing.rangeMs / stepMs) * stepMs, to, stepMs };
}
