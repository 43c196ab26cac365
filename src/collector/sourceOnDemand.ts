/** A source of snapshots whose code is loaded with its first scrape. */
import { loadOnce } from '../shared/loadOnce';
import type { SnapshotSource, SourceEvidence } from './snapshotSource';

/** The source that `load` makes; nothing is to be forgotten before. A scrape rejects if the code cannot be loaded. */
export function sourceOnDemand<Evidence extends SourceEvidence>(
  load: () => Promise<SnapshotSource<Evidence>>,
): SnapshotSource<Evidence> {
  let source: SnapshotSource<Evidence> | undefined;
  const loaded = loadOnce(async () => (source = await load()));
  return {
    collect: async (request) => (await loaded()).collect(request),
    evaluate: async (evidence, context) => (await loaded()).evaluate(evidence, context),
    reset: () => source?.reset(),
    forgetFailures: () => source?.forgetFailures(),
  };
}
