/** A YAML document whose top level is a mapping → dotted keys with their values and ranges. */
import type { Document, YAMLMap } from 'yaml';
import { toNestedKey } from './keys';
import { createNodeReader } from './nodeReader';
import { formatLine } from './ranges';
import type { SourceText } from './sourceText';
import { createRawValues, UnreadableConfigError, type RawValue, type RawValues } from './rawValues';

/** Takes `next` in. SkyRL's translation moves a legacy key over a nested one wherever they stand; else the later spelling wins. */
export function addRawValue(result: RawValues, next: RawValue, merged: boolean): void {
  result.spellings.add(next.rawKey);
  const before = result.values.get(next.key);
  if (before === undefined) {
    result.values.set(next.key, next);
    return;
  }
  if (merged) return;
  const legacyBefore = before.rawKey !== before.key;
  const [winner, loser] = legacyBefore && next.rawKey === next.key ? [before, next] : [next, before];
  result.values.set(next.key, winner);
  result.findings.push({
    id: 'config-written-twice',
    severity: 'warning',
    message: `${loser.rawKey} is also written at ${formatLine(winner.range)}${winner.rawKey === loser.rawKey ? '' : ` (as ${winner.rawKey})`}, which is taken.`,
    range: loser.range,
    cause: loser,
  });
}

/**
 * Flattens one document, its keys under `under`, into `result`. Lists and empty mappings are values. A mapping under an alias keeps the ranges of the place where
 * it is written; any other alias has its own range.
 * @throws Unreadable with findings: duplicate keys, an alias without anchor or to itself, too many values, nested too deep.
 */
export function flatten(
  yaml: typeof import('yaml'),
  document: Document,
  source: SourceText,
  under = '',
  result = createRawValues(),
): RawValues {
  const reader = createNodeReader(yaml, document, source);
  const walk = (map: YAMLMap, prefix: string, merged: boolean, aliased: boolean, depth: number): void =>
    reader.withCycleGuard(map, () => {
      for (const entry of reader.entriesOf(map, depth)) {
        const raw = prefix === '' ? entry.name : `${prefix}.${entry.name}`;
        const node = reader.resolveAlias(entry.value);
        if (yaml.isMap(node) && node.items.length > 0) {
          reader.countNode(depth, node);
          walk(node, raw, merged || entry.fromMergeKey, aliased || node !== entry.value, depth + 1);
        } else {
          const said = reader.noteOf(entry.value);
          const place = merged || aliased ? undefined : reader.locateEntry(map, entry);
          addRawValue(
            result,
            {
              rawKey: raw,
              key: toNestedKey(raw),
              range: reader.rangeOf(entry.value ?? entry.key),
              value: said?.note.unresolvedReason === undefined ? reader.toData(node, depth) : said.raw,
              ...(place && { location: place }),
              ...(said && { note: said.note }),
            },
            merged || entry.fromMergeKey,
          );
        }
      }
    });
  if (yaml.isMap(document.contents)) walk(document.contents, under, false, false, 0);
  if (reader.duplicates.size > 0) throw new UnreadableConfigError([...reader.duplicates.values()]);
  return result;
}
