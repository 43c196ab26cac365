/** Releases of vLLM: which ones an engine can be, by its server's answer or by the families it publishes. */
import type { Engine } from '../api';
import { compareReleases, isOlderRelease, releaseOf } from '../shared/version';
import { oldNames } from '../metrics/sampleNames';
import { livingEngines } from './engineSelection';

/**
 * By old name of a family: the releases in which it was deprecated, hidden (shown only with
 * `--show-hidden-metrics-for-version` of the release before) and removed.
 */
export const familyRenames: readonly { old: string; deprecated: string; hidden: string; removed: string }[] = [
  { old: 'gpu_cache_usage_perc', deprecated: '0.9', hidden: '0.10', removed: '0.12' },
  { old: 'gpu_prefix_cache_queries', deprecated: '0.9', hidden: '0.10', removed: '0.12' },
  { old: 'gpu_prefix_cache_hits', deprecated: '0.9', hidden: '0.10', removed: '0.12' },
  { old: 'time_per_output_token_seconds', deprecated: '0.11', hidden: '0.12', removed: '0.15' },
];

/** Families, each with the release that introduced it, oldest first. */
const introducedFamilies: readonly [family: string, release: string][] = [
  ['kv_cache_usage_perc', '0.9'],
  ['inter_token_latency_seconds', '0.11'],
  ['prompt_tokens_by_source', '0.16'],
  ['admission_rejections', '0.26'],
  // New in the wheel of 0.33.0, not in that of 0.32.0: test/fixtures/vllm-families.
  ['mooncake_num_failed_transfers', '0.33'],
  ['umbp_transfer_submitted', '0.33'],
  ['kv_offload_config_info', '0.33'],
  ['kv_offload_tiering_promotion_latency_seconds', '0.33'],
];

/** The oldest vLLM version that the engines' servers report; undefined if no server reports one. */
export function versionOf(engines: readonly Engine[]): string | undefined {
  return engines
    .flatMap(({ server }) => server?.version ?? [])
    .filter((version) => releaseOf(version))
    .sort(compareReleases)[0];
}

/**
 * The releases that an engine can be, by the bare names of its families. `renamedFamilies`: those of them that it
 * publishes under an old name. Undefined if they say nothing or contradict each other.
 */
export function inferRelease(
  families: ReadonlySet<string>,
  renamedFamilies: ReadonlySet<string>,
): Engine['release'] | undefined {
  const from = introducedFamilies
    .filter(([family]) => families.has(family) && !renamedFamilies.has(family))
    .at(-1)?.[1];
  const below = familyRenames
    .filter(({ old }) => renamedFamilies.has(oldNames[old] ?? ''))
    .map(({ removed }) => removed)
    .sort(compareReleases)[0];
  if (from === undefined && below === undefined) return undefined;
  if (from !== undefined && below !== undefined && !isOlderRelease(from, below)) return undefined;
  return { ...(from !== undefined && { from }), ...(below !== undefined && { below }) };
}

/** A range of releases as text: `0.16 or newer`, `before 0.12`, `0.9 to before 0.12`. */
export function describeRelease({ from, below }: NonNullable<Engine['release']>): string {
  if (below === undefined) return `${from} or newer`;
  return `${from === undefined ? '' : `${from} to `}before ${below}`;
}

/**
 * Whether a living engine is known to be older than a release: by its server's version, else because it still publishes
 * what a release before dropped. What is unknown is not old.
 */
export function isAnyOlder(engines: readonly Engine[], release: string): boolean {
  return livingEngines(engines).some(({ server, release: range }) => {
    if (releaseOf(server?.version) !== undefined) return isOlderRelease(server?.version ?? '', release);
    return range?.below !== undefined && compareReleases(range.below, release) <= 0;
  });
}
