/** From a past that was filled in to the first live snapshots, which lack what needs a window. */
import type { Measure, Snapshot } from '../api';

/** Windows of an engine on Ray close with its second or third report. */
const lastsMs = 60_000;

/** Names the newest past measure again where a snapshot has none yet: neither a point nor a gap comes of it. */
export class Bridge {
  private readonly left: Map<string, Measure>;

  constructor(private readonly past: Pick<Snapshot, 'at' | 'measures'>) {
    this.left = new Map(Object.entries(past.measures));
  }

  over<T extends Pick<Snapshot, 'at' | 'measures'>>(snapshot: T): T {
    if (snapshot.at - this.past.at > lastsMs) this.left.clear();
    for (const id of Object.keys(snapshot.measures)) this.left.delete(id);
    return this.left.size === 0
      ? snapshot
      : { ...snapshot, measures: { ...Object.fromEntries(this.left), ...snapshot.measures } };
  }
}
