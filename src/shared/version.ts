/** Versions of Python packages as servers and files report them: nightlies (`2.61.0.dev0`), forks (`0.33.1+cu130`), release candidates. */
import { explain } from '@renovatebot/pep440';

/** The release that a version belongs to, as `major.minor`: `0.33.1+cu130` → `0.33`. Undefined for text that is no version. */
export function releaseOf(version: string | undefined): string | undefined {
  const [major, minor = 0] = explain(version?.trim())?.release ?? [];
  return major === undefined ? undefined : `${major}.${minor}`;
}

/**
 * Orders versions by their release; those of one release are equal, so that a nightly of 2.57 counts as 2.57. Versions
 * that are none come first.
 */
export function compareReleases(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => (releaseOf(version) ?? '-1.0').split('.').map(Number));
  return (a?.[0] ?? 0) - (b?.[0] ?? 0) || (a?.[1] ?? 0) - (b?.[1] ?? 0);
}

/** Whether a version belongs to a release before `release`. Text that is no version is older than none. */
export function isOlderRelease(version: string, release: string): boolean {
  return releaseOf(version) !== undefined && compareReleases(version, release) < 0;
}
