/** Types and defaults of SkyRL's config keys by release (docs/decisions.md, Defaults), from `schema/releases.json`. */
import { compareReleases, releaseOf } from '../shared/version';
import { engineKey } from './keys';
import table from './schema/releases.json';

/** What kind of value a key takes. */
export type KeyType = 'bool' | 'int' | 'float' | 'text' | 'list' | 'dict';

/** What a key is from one release on, up to and with the release `to`, or still. `?` marks a type that may be null. */
interface KeySpan {
  from: string;
  to?: string;
  type: KeyType | `${KeyType}?`;
  /** Absent if SkyRL only knows it at run time. */
  default?: unknown;
}

/** The value of a key that is not written. */
export interface KeyDefault {
  key: string;
  value: unknown;
  /** Which SkyRL releases have this default. */
  description: string;
}

/** The type of one key. */
export interface KeySchema {
  type: KeyType;
  nullable: boolean;
}

/** The releases of SkyRL that the schema knows, as `major.minor`, the oldest first. */
export const schemaReleases: readonly string[] = table.releases;

const oldest = schemaReleases[0] ?? '';
/** The newest release that the schema knows. */
export const newestRelease = schemaReleases.at(-1) ?? '';
/** The newest release that reads the legacy layout. */
export const newestLegacyRelease = '0.2';

const spansByKey = new Map(table.keys.map(({ key, spans }) => [key, spans as readonly KeySpan[]]));

/** The release of the schema that a version is read as: its own, else the nearest. Undefined for text that is no version. */
export function schemaRelease(version: string): string | undefined {
  const release = releaseOf(version);
  if (release === undefined) return undefined;
  return [...schemaReleases].reverse().find((known) => compareReleases(known, release) <= 0) ?? oldest;
}

function covers({ from, to }: KeySpan, release: string): boolean {
  return compareReleases(from, release) <= 0 && (to === undefined || compareReleases(release, to) <= 0);
}

/** What a key is in a release; undefined if that release does not have it, or nothing is known of it. */
export function keyIn(release: string, key: string): KeySpan | undefined {
  return spansByKey.get(key)?.find((span) => covers(span, release));
}

/** The releases that have a key, as a clause: `since 0.4`, `0.1 to 0.2`. Undefined for a key that no release is known to have. */
export function describeReleases(key: string): string | undefined {
  const spans = spansByKey.get(key);
  const [first, last] = [spans?.[0], spans?.at(-1)];
  if (!first || !last) return undefined;
  if (last.to === undefined) return `since ${first.from}`;
  return first.from === last.to ? `only in ${first.from}` : `${first.from} to ${last.to}`;
}

/** The base YAML of the legacy layout has another default than the class. */
const legacyDefaults: ReadonlyMap<string, unknown> = new Map([[`${engineKey}.remote_urls`, ['127.0.0.1:8001']]]);

/**
 * The defaults of keys that are not written, in the order of the effective config: those of `release`, if it is known, else
 * those of the newest release that reads the layout.
 */
export function defaultsFor(layout: 'nested' | 'legacy', release?: string): KeyDefault[] {
  const at = release ?? (layout === 'legacy' ? newestLegacyRelease : newestRelease);
  return [...spansByKey].flatMap(([key, spans]): KeyDefault[] => {
    const span = spans.find((each) => covers(each, at));
    if (span === undefined || span.default === undefined) return [];
    const value = layout === 'legacy' ? (legacyDefaults.get(key) ?? span.default) : span.default;
    return [{ key, value, description: describeDefault(spans, span, layout, release) }];
  });
}

function describeDefault(spans: readonly KeySpan[], span: KeySpan, layout: string, release?: string): string {
  const index = spans.indexOf(span);
  const [before, after] = [spans[index - 1], spans[index + 1]];
  const others = [
    ...(after === undefined ? [] : [`since ${after.from} ${JSON.stringify(after.default)}`]),
    ...(before === undefined ? [] : [`before ${JSON.stringify(before.default)}`]),
  ];
  const name = release !== undefined ? `default of SkyRL ${release}` : nameDefault(span, layout, before !== undefined);
  return [name, ...others].join('; ');
}

/** Names the releases of a default where the release in use is not known. */
function nameDefault({ from }: KeySpan, layout: string, isChanged: boolean): string {
  if (layout === 'legacy') {
    return from === newestLegacyRelease
      ? `default of SkyRL ${newestLegacyRelease}`
      : `default of SkyRL ${oldest} and ${newestLegacyRelease}`;
  }
  return isChanged || from !== oldest ? `default since SkyRL ${from}` : `default of SkyRL ${newestRelease}`;
}

function parseType(type: KeySpan['type']): KeySchema {
  return { type: type.replace('?', '') as KeyType, nullable: type.endsWith('?') };
}

/** Types by dotted key of the nested layout. Other keys are not checked, because people subclass SkyRL's config. */
export const keySchemas: ReadonlyMap<string, KeySchema> = new Map(
  [...spansByKey].flatMap(([key, spans]): [string, KeySchema][] => {
    const last = spans.at(-1);
    return last === undefined ? [] : [[key, parseType(last.type)]];
  }),
);
