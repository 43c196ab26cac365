/** How often the workers of a node report to its agent, learned from how far apart the movements of its engines are. */
import { hasWork } from './gaugeValues';
import type { SubjectState } from './subjectState';

/** Ray's default (`RAY_metrics_report_interval_ms`). */
export const reportIntervalMs = 10_000;

/** As many gaps between movements count. */
const gapCount = 6;
/** An average between these multiples of the default is the default: scrapes and reports do not keep step. */
const [smallestFactor, largestFactor] = [0.6, 1.6];
/** Fewer gaps prove nothing: two reports may be seen shortly one after the other, and one may be late. */
const leastGaps = 3;

/** The time between two scrapes that saw an engine move. */
interface Gap {
  ms: number;
  /** Scrapes between them saw no change. Without one the interval may be shorter than the scrapes are apart. */
  hadStill: boolean;
}

/** An engine since its last movement. */
interface Standing {
  /** Unix ms. */
  since: number;
  hadStill: boolean;
  /** A gauge said at each scrape that it has work. A pause is no report interval. */
  isBusy: boolean;
  hasMoved: boolean;
}

/** The report interval of one node. */
export class ReportInterval {
  private readonly gaps: Gap[] = [];
  private newestMs = 0;
  private readonly byEngine = new Map<string, Standing>();

  /** The learned interval in ms; Ray's default while nothing else is known. */
  get ms(): number {
    const { gaps } = this;
    if (gaps.length < leastGaps) return reportIntervalMs;
    const typical = gaps
      .map(({ ms }) => ms)
      .sort((a, b) => a - b)
      .slice(1, -1);
    const mean = typical.reduce((sum, ms) => sum + ms, 0) / typical.length;
    return mean > smallestFactor * reportIntervalMs && mean < largestFactor * reportIntervalMs
      ? reportIntervalMs
      : Math.round(mean);
  }

  /** How long an engine with work may show no change, in ms: two intervals, and two of the newest one. */
  get patienceMs(): number {
    return 2 * Math.max(this.ms, this.newestMs);
  }

  /** Notes which of the node's engines moved in the answer of `at` (Unix ms). */
  note(at: number, states: readonly SubjectState[]): void {
    const gaps = states.flatMap((state) => this.noteEngine(at, state) ?? []);
    const known = new Set(states.map(({ key }) => key));
    for (const key of this.byEngine.keys()) if (!known.has(key)) this.byEngine.delete(key);
    const shortest = gaps.sort((a, b) => a.ms - b.ms)[0];
    if (!shortest) return;
    // Scrapes that each see a movement tell only that the interval is not longer.
    if (!shortest.hadStill && shortest.ms >= reportIntervalMs && !this.gaps.some(({ hadStill }) => hadStill)) return;
    if (this.gaps.push(shortest) > gapCount) this.gaps.shift();
  }

  /** Moves the times that are kept by `ms`, because the machine's clock was set. */
  moveTimes(ms: number): void {
    for (const standing of this.byEngine.values()) standing.since += ms;
  }

  private noteEngine(at: number, state: SubjectState): Gap | undefined {
    const { key, movedAt, countedSince } = state;
    const standing = this.byEngine.get(key);
    if (!standing || countedSince === at || movedAt === at) {
      this.byEngine.set(key, {
        since: at,
        hadStill: false,
        isBusy: movedAt === at || hasWork(state, at),
        hasMoved: movedAt === at,
      });
      if (!standing || countedSince === at || !standing.isBusy) return undefined;
      const { since, hadStill, hasMoved } = standing;
      const gap = { ms: at - since, hadStill };
      this.newestMs = hadStill ? gap.ms : 0;
      // It was first seen within an interval.
      return hasMoved ? gap : undefined;
    }
    standing.hadStill = true;
    standing.isBusy &&= hasWork(state, at);
    return undefined;
  }
}
