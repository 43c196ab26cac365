/** How often the workers of a node report to its agent, learned from how far apart the movements of its engines are. */
import { hasWork } from './gaugeValues';
import type { SubjectState } from './subjectState';

/** Ray's default (`RAY_metrics_report_interval_ms`). */
export const reportIntervalMs = 10_000;

/** As many gaps between movements count. */
const gapCount = 6;
/**
 * An average that is as near to the default, in ms, is the default. Scrapes and reports do not keep step, so that an
 * average is as exact as scrapes are close together.
 */
const nearnessMs = (stepMs: number): number => 1_000 + stepMs / 2;
/** A gap of more than this many times the median is a late report. */
const lateFactor = 2.5;
/** Fewer gaps prove nothing: two reports may be seen shortly one after the other, and one may be late. */
const leastGaps = 3;

/** The time between two scrapes that saw an engine move. */
interface Gap {
  ms: number;
  /** The longest time between two scrapes in it. */
  stepMs: number;
  /** Scrapes between them saw no change. Without one the interval may be shorter than the scrapes are apart. */
  hadStill: boolean;
}

/** An engine since its last movement. */
interface Standing {
  /** Unix ms. */
  since: number;
  /** The longest time between two scrapes since then, in ms. */
  stepMs: number;
  hadStill: boolean;
  /** A gauge said at each scrape that it has work. A pause is no report interval. */
  isBusy: boolean;
  hasMoved: boolean;
}

/** The report interval of one node. */
export class ReportInterval {
  private readonly gaps: Gap[] = [];
  private newestMs = 0;
  private notedAt: number | undefined;
  private readonly byEngine = new Map<string, Standing>();

  /** The learned interval in ms; Ray's default while nothing else is known. */
  get ms(): number {
    const { gaps } = this;
    if (gaps.length < leastGaps) return reportIntervalMs;
    const sorted = gaps.map(({ ms }) => ms).sort((a, b) => a - b);
    const limitMs = lateFactor * (sorted[sorted.length >> 1] ?? 0);
    // Without a short gap the long one beside it would count for too much: both end at the same scrapes.
    const typical = sorted.filter((ms) => ms <= limitMs);
    const mean = typical.reduce((sum, ms) => sum + ms, 0) / typical.length;
    const stepMs = Math.max(...gaps.map((gap) => gap.stepMs));
    return Math.abs(mean - reportIntervalMs) < nearnessMs(stepMs) ? reportIntervalMs : Math.round(mean);
  }

  /** How long an engine with work may show no change, in ms: two intervals, and two of the newest one. */
  get patienceMs(): number {
    return 2 * Math.max(this.ms, this.newestMs);
  }

  /** Notes which of the node's engines moved in the answer of `at` (Unix ms). */
  note(at: number, states: readonly SubjectState[]): void {
    const stepMs = at - (this.notedAt ?? at);
    this.notedAt = at;
    const gaps = states.flatMap((state) => this.noteEngine(at, stepMs, state) ?? []);
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
    if (this.notedAt !== undefined) this.notedAt += ms;
  }

  private noteEngine(at: number, stepMs: number, state: SubjectState): Gap | undefined {
    const { key, movedAt, countedSince } = state;
    const standing = this.byEngine.get(key);
    if (!standing || countedSince === at || movedAt === at) {
      this.byEngine.set(key, {
        since: at,
        stepMs: 0,
        hadStill: false,
        isBusy: movedAt === at || hasWork(state, at),
        hasMoved: movedAt === at,
      });
      if (!standing || countedSince === at || !standing.isBusy) return undefined;
      const { since, hadStill, hasMoved } = standing;
      const gap = { ms: at - since, stepMs: Math.max(standing.stepMs, stepMs), hadStill };
      this.newestMs = hadStill ? gap.ms : 0;
      // It was first seen within an interval.
      return hasMoved ? gap : undefined;
    }
    standing.hadStill = true;
    standing.stepMs = Math.max(standing.stepMs, stepMs);
    standing.isBusy &&= hasWork(state, at);
    return undefined;
  }
}
