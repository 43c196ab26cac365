/** From a past that was filled in to the first live snapshots, which lack what needs a window. */
import type { Measure, Snapshot } from '../api';

/** Windows of an engine on Ray close with its second or third report. */
const carryMs = 60_000;

/** Names the newest past measure again where a snapshot has none yet: neither a point nor a gap comes of it. */
export class CarryForward {
  private readonly pendingMeasures: Map<string, Measure>;

  constructor(private readonly past: Pick<Snapshot, 'at' | 'measures'>) {
    this.pendingMeasures = new Map(Object.entries(past.measures));
  }

  applyTo<T extends Pick<Snapshot, 'at' | 'measures'>>(snapshot: T): T {
    if (snapshot.at - this.past.at > carryMs) this.pendingMeasures.clear();
    for (const id of Object.keys(snapshot.measures)) this.pendingMeasures.delete(id);
    return this.pendingMeasures.size === 0
      ? snapshot
      : { ...snapshot, measures: { ...Object.fromEntries(this.pendingMeasures), ...snapshot.measures } };
  }
}
