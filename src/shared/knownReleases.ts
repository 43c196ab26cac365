/** The newest releases that this extension was checked with, and what is said about versions beyond them. */
import { compareReleases, releaseOf } from './version';

/** A package whose version decides how its metrics are read. */
export type VersionedPackage = 'Ray' | 'vLLM' | 'SkyRL';

/** The newest release of each that this extension was checked with. `npm run drift` says when there are newer ones. */
export const newestKnown: Readonly<Record<VersionedPackage, string>> = { Ray: '2.60', vLLM: '0.33', SkyRL: '0.4' };

/** The versions that a run reports, by package; each may be reported several times, or not. */
export type ReportedVersions = Readonly<Record<VersionedPackage, readonly (string | undefined)[]>>;

/** One sentence for each version that this extension cannot know, each version once. */
export function describeUnknownVersions(versions: ReportedVersions): string[] {
  return (Object.keys(newestKnown) as VersionedPackage[]).flatMap((name) =>
    [...new Set(versions[name])].flatMap((version) => describeUnknownVersion(name, version) ?? []),
  );
}

/**
 * A sentence about a version that this extension cannot know: a release newer than the newest known, or text that is no
 * version. Undefined for a version that it knows, and where there is none.
 */
export function describeUnknownVersion(name: VersionedPackage, version: string | undefined): string | undefined {
  if (version === undefined || version === '') return undefined;
  if (releaseOf(version) === undefined) return `${name} reports ${JSON.stringify(version)}, which is not a version.`;
  const newest = newestKnown[name];
  return compareReleases(version, newest) <= 0
    ? undefined
    : `${name} ${version} is newer than ${newest}, the newest release this extension knows: it is read like ${newest}.`;
}
