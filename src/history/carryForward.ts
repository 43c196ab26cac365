/** Bridges a backfilled past and the first live snapshots, which lack measures that need a rate window. */
import type { Measure, Snapshot } from '../api';

/** On Ray, an engine's first rate windows end with its second or third report. */
const carryMs = 60_000;

/** Repeats the last measures of the past in live snapshots that lack them, so that their series get no gap. */
export class CarryForward {
  private readonly pendingMeasures: Map<string, Measure>;

  /** `past`: the last backfilled snapshot. */
  constructor(private readonly past: Pick<Snapshot, 'at' | 'measures'>) {
    this.pendingMeasures = new Map(Object.entries(past.measures));
  }

  /** The snapshot with the past's measures, as long as it has none. They keep their time, so no point is added. */
  applyTo<T extends Pick<Snapshot, 'at' | 'measures'>>(snapshot: T): T {
    if (snapshot.at - this.past.at > carryMs) this.pendingMeasures.clear();
    for (const id of Object.keys(snapshot.measures)) this.pendingMeasures.delete(id);
    return this.pendingMeasures.size === 0
      ? snapshot
      : { ...snapshot, measures: { ...Object.fromEntries(this.pendingMeasures), ...snapshot.measures } };
  }
}
