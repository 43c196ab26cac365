/** How often the workers of a node report to its agent: learned from how far apart its engines' movements are. */
import type { Engine } from '../api';
import { reportIntervalMs as defaultIntervalMs } from '../metrics/rateWindows';

/** As many of an engine's last gaps count. The shortest is the interval: a longer one held a pause. */
const gapCount = 8;

/** An engine's movements. Times are Unix ms. */
interface Movements {
  node: string;
  /** When it was seen first, until it moves. */
  lastAt: number;
  hasMoved: boolean;
  /** From first sight to the first movement: shorter than an interval, or longer if a pause is in it. */
  firstGapMs?: number;
  gapsMs: readonly number[];
}

/** The movements of an engine that moved at `movedAt` or not yet. */
function noteMovement({ node, lastAt, hasMoved, gapsMs, ...rest }: Movements, movedAt: number): Movements {
  const gapMs = movedAt - lastAt;
  if (gapMs <= 0) return { node, lastAt, hasMoved, gapsMs, ...rest };
  if (!hasMoved) return { node, lastAt: movedAt, hasMoved: true, firstGapMs: gapMs, gapsMs };
  return { node, lastAt: movedAt, hasMoved, gapsMs: [...gapsMs, gapMs].slice(-gapCount) };
}

/**
 * The report intervals of a run's nodes. They are one setting of a Ray cluster (`RAY_metrics_report_interval_ms`), so
 * that a node whose engines have not moved yet is taken to be like the others.
 */
export class ReportIntervals {
  private readonly byEngine = new Map<string, Movements>();
  private byNode: ReadonlyMap<string, number> = new Map();

  /** Notes which engines moved in the snapshot of `now` (Unix ms). */
  observe(engines: readonly Engine[], now: number): void {
    for (const { id, node, movedAt, workerId } of engines) {
      // A server's own metrics are always current.
      if (workerId === undefined) continue;
      const known: Movements = this.byEngine.get(id) ?? {
        node,
        lastAt: movedAt ?? now,
        hasMoved: movedAt !== undefined,
        gapsMs: [],
      };
      this.byEngine.set(id, movedAt === undefined ? known : noteMovement(known, movedAt));
    }
    const listed = new Set(engines.map(({ id }) => id));
    for (const id of this.byEngine.keys()) if (!listed.has(id)) this.byEngine.delete(id);
    this.byNode = shortestGaps(this.byEngine.values());
  }

  /** The interval of an engine's node in ms: Ray's default of 10 s at least, and as long as none is known. */
  of({ node }: Pick<Engine, 'node'>): number {
    return Math.max(defaultIntervalMs, this.byNode.get(node) ?? Math.max(0, ...this.byNode.values()));
  }
}

function shortestGaps(movements: Iterable<Movements>): Map<string, number> {
  const byNode = new Map<string, number>();
  for (const { node, gapsMs, firstGapMs } of movements) {
    const gaps = gapsMs.length > 0 || firstGapMs === undefined ? gapsMs : [firstGapMs];
    if (gaps.length > 0) byNode.set(node, Math.min(byNode.get(node) ?? Infinity, ...gaps));
  }
  return byNode;
}
