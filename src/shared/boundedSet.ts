/** Sets of ids that are remembered for good, but not without bound. */

/** Ray keeps as many actors that ended (`RAY_maximum_gcs_destroyed_actor_cached_count`). */
export const maxIds = 100_000;

/** Adds an id. Beyond the bound, the one that was added longest ago is removed. */
export function addBounded(ids: Set<string>, id: string): void {
  ids.delete(id);
  ids.add(id);
  if (ids.size <= maxIds) return;
  const [oldest] = ids;
  if (oldest !== undefined) ids.delete(oldest);
}
