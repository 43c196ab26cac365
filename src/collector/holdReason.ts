/** Why the timer does not scrape a Ray cluster. */
import { backendOf } from '../discovery/rayBackend';
import type { Target } from '../discovery/targets';

/**
 * `one-reader`: this version of Ray hands each gauge to one reader only, so a scrape would take gauges from SkyRL's own
 * log (docs/decisions.md, Ray versions). `version-unknown`: it may be such a version.
 */
export type HoldReason = 'one-reader' | 'version-unknown';

/** The reason for these targets; undefined if the timer may scrape them. */
export function holdReasonFor(targets: readonly Target[], rayVersion: string | undefined): HoldReason | undefined {
  if (!targets.some(({ kind }) => kind === 'ray')) return undefined;
  const backend = backendOf(rayVersion);
  if (backend === undefined) return 'version-unknown';
  return backend === 'one-reader' ? 'one-reader' : undefined;
}
