/** Which release of SkyRL a project uses, by the files in which Python's tools say so. */
import { satisfies, validRange } from '@renovatebot/pep440';
import { parse } from 'smol-toml';
import { compareReleases, releaseOf } from '../shared/version';
import { newestRelease, schemaRelease, schemaReleases } from './schema';

/** The texts of the files, each absent if there is none. */
export interface ReleaseFiles {
  /** METADATA of the package that is installed in the project's environment. */
  metadata?: string | undefined;
  uvLock?: string | undefined;
  pyproject?: string | undefined;
}

/** The release in use, and who says so. */
export interface SkyrlRelease {
  /** The release of the schema that it is read as, such as `0.4`. */
  release: string;
  /** As the file says it: a version, or a requirement such as `>=0.3`. */
  version: string;
  /** For people: `uv.lock`. */
  source: string;
}

/** The release in use: what is installed, else what is locked, else what the project asks for. Undefined if nothing says it. */
export function skyrlRelease({ metadata, uvLock, pyproject }: ReleaseFiles): SkyrlRelease | undefined {
  return (
    fromVersion(metadata && versionInMetadata(metadata), 'the package in .venv') ??
    fromVersion(uvLock && versionInUvLock(uvLock), 'uv.lock') ??
    (pyproject ? fromPyproject(pyproject) : undefined)
  );
}

function fromVersion(version: string | undefined, source: string): SkyrlRelease | undefined {
  const release = version ? schemaRelease(version) : undefined;
  return version && release ? { release, version, source } : undefined;
}

/** `Version:` of the header that ends at the first empty line. */
function versionInMetadata(text: string): string | undefined {
  const [header = ''] = text.split(/\r?\n\r?\n/, 1);
  return /^Version:[ \t]*(\S+)/im.exec(header)?.[1];
}

/** uv writes one block for each package; only SkyRL's is parsed, because the file has megabytes. */
function versionInUvLock(text: string): string | undefined {
  const block = text.split(/^\[\[package\]\][ \t]*\r?$/m).find((each) => /^name = "skyrl"[ \t]*\r?$/m.test(each));
  return block === undefined ? undefined : asString(parseToml(block)?.['version']);
}

type Table = Record<string, unknown>;

function parseToml(text: string): Table | undefined {
  try {
    return parse(text);
  } catch {
    // A file that is being edited says nothing.
    return undefined;
  }
}

const asString = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function asTable(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

function fromPyproject(text: string): SkyrlRelease | undefined {
  const source = 'pyproject.toml';
  const { project, tool, ...rest } = parseToml(text) ?? {};
  const { name, version, dependencies, 'optional-dependencies': optional } = asTable(project);
  if (asString(name)?.toLowerCase() === 'skyrl') return fromVersion(asString(version), source);
  const uvSource = asTable(asTable(asTable(asTable(tool)['uv'])['sources'])['skyrl']);
  const tag = /(\d+\.\d+\S*)$/.exec(asString(uvSource['tag']) ?? '')?.[1];
  if (tag !== undefined) return fromVersion(tag, source);
  const lists = [
    dependencies,
    ...Object.values(asTable(optional)),
    ...Object.values(asTable(rest['dependency-groups'])),
  ];
  const requirement = lists.flatMap(strings).flatMap((each) => versionsOf(each) ?? [])[0];
  const poetry = asTable(asTable(asTable(tool)['poetry'])['dependencies'])['skyrl'];
  const wanted = requirement ?? asString(poetry) ?? asString(asTable(poetry)['version']);
  return wanted === undefined ? undefined : fromRequirement(wanted, source);
}

/** The versions that a requirement such as `skyrl[fsdp]>=0.3,<0.4; python_version > "3.11"` asks for; undefined for other packages. */
function versionsOf(requirement: string): string | undefined {
  const match = /^\s*skyrl\s*(?:\[[^\]]*\])?\s*(?:$|(?=[\s(<>=!~;@]))\(?([^;@)]*)/i.exec(requirement);
  return match?.[1]?.trim() || undefined;
}

/** Minor releases have a few patch releases; a requirement may be for one of them only. */
const patches = Array.from({ length: 30 }, (_, patch) => patch);

/** The newest known release that fits; if all that fit are newer than the known ones, the newest known. */
function fromRequirement(requirement: string, source: string): SkyrlRelease | undefined {
  if (!validRange(requirement)) return undefined;
  const fitting = [...schemaReleases]
    .reverse()
    .find((release) => patches.some((patch) => satisfies(`${release}.${patch}`, requirement)));
  const [named] = /\d+(?:\.\d+)*/.exec(requirement) ?? [];
  const isNewer = named !== undefined && releaseOf(named) !== undefined && compareReleases(named, newestRelease) > 0;
  const release = fitting ?? (isNewer ? newestRelease : undefined);
  return release === undefined ? undefined : { release, version: requirement, source };
}
