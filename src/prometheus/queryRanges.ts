/** How far back the queries of one snapshot reach. */

/** How often a Prometheus scrapes if it does not say, in ms. */
export const defaultIntervalMs = 15_000;

/** The range that `rate` is taken over, in ms: it survives a failed scrape, and holds whole reports of Ray's agents. */
export const rateWindowFor = (intervalMs: number): number => Math.max(60_000, 4 * intervalMs);

/**
 * How far back a first snapshot looks for values that are set once, and a pause after which SkyRL's window starts anew,
 * in ms.
 */
const longestRangeMs = 6 * 3_600_000;
/** Ray's agents report every 10 s. */
const minWindowMs = 10_000;

/** Ranges in ms, and a start in Unix ms. */
export interface QueryRanges {
  /** Of rates and means. */
  rateWindowMs: number;
  /** Within which a counter that moves shows that its engine works. */
  activityRangeMs: number;
  /** In which values that are set once are looked for. */
  lastValueRangeMs: number;
  /** Where the window of SkyRL's values starts. */
  valuesFrom: number;
}

/** The snapshot before, as far as ranges depend on it. Times are Unix ms. */
export interface PreviousSnapshot {
  at: number;
  valuesFrom: number;
}

/** The ranges of a snapshot at `at`, asked for at `now`, of a Prometheus that scrapes every `intervalMs`. */
export function queryRangesFor(
  { at, now, intervalMs }: { at: number; now: number; intervalMs: number },
  previous: PreviousSnapshot | undefined,
): QueryRanges {
  const activityRangeMs = Math.max(20_000, 3 * intervalMs);
  return {
    rateWindowMs: rateWindowFor(intervalMs),
    activityRangeMs,
    lastValueRangeMs: previous ? Math.max(activityRangeMs, 2 * (now - previous.at)) : longestRangeMs,
    valuesFrom: valuesStart(at, intervalMs, previous),
  };
}

/** SkyRL's window runs from the snapshot before, or over one scrape if that was long ago or later. */
function valuesStart(at: number, intervalMs: number, previous: PreviousSnapshot | undefined): number {
  // Without a newer sample the snapshot repeats the one before.
  if (previous?.at === at) return previous.valuesFrom;
  if (previous && previous.at < at && at - previous.at < longestRangeMs) return previous.at;
  return at - Math.max(intervalMs, minWindowMs);
}
