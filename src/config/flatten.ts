/** Flattens a YAML document to dotted keys with values and ranges. */
import type { Document, YAMLMap } from 'yaml';
import { toNestedKey } from './keys';
import { createNodeReader } from './nodeReader';
import { formatLine, isSameRange } from './ranges';
import type { SourceText } from './sourceText';
import { createRawValues, UnreadableConfigError, type RawValue, type RawValues } from './rawValues';

/**
 * Adds a value. If its key is there already the later one wins, except that a legacy spelling wins over a nested one,
 * because SkyRL's translation moves it over the nested key.
 */
export function addRawValue(result: RawValues, next: RawValue, merged: boolean): void {
  result.spellings.add(next.rawKey);
  const before = result.values.get(next.key);
  if (before === undefined) {
    result.values.set(next.key, next);
    return;
  }
  if (merged) return;
  // A branch that overrides a value is no mistake, and which one counts is not known.
  if (next.note?.isConditional === true) {
    result.values.set(next.key, next);
    return;
  }
  const legacyBefore = before.rawKey !== before.key;
  const [winner, loser] = legacyBefore && next.rawKey === next.key ? [before, next] : [next, before];
  result.values.set(next.key, winner);
  // One place that a loop comes to again is written once.
  if (isSameRange(winner.range, loser.range)) return;
  result.findings.push({
    id: 'config-written-twice',
    severity: 'info',
    message: `${loser.rawKey} is also written at ${formatLine(winner.range)}${winner.rawKey === loser.rawKey ? '' : ` (as ${winner.rawKey})`}, which is taken.`,
    range: loser.range,
    cause: loser,
  });
}

/**
 * Adds the values of a document to `result`, with their keys below `prefix`. Lists and empty mappings are values.
 * Values under an alias to a mapping keep the ranges of that mapping; any other alias has its own range.
 * @throws UnreadableConfigError on duplicate keys, an alias without anchor or to itself, too many values or levels.
 */
export function flatten(
  yaml: typeof import('yaml'),
  document: Document,
  source: SourceText,
  prefix = '',
  result = createRawValues(),
): RawValues {
  const reader = createNodeReader(yaml, document, source);
  const walk = (map: YAMLMap, parent: string, merged: boolean, aliased: boolean, depth: number): void =>
    reader.withCycleGuard(map, () => {
      for (const entry of reader.entriesOf(map, depth)) {
        const rawKey = parent === '' ? entry.name : `${parent}.${entry.name}`;
        const node = reader.resolveAlias(entry.value);
        if (yaml.isMap(node) && node.items.length > 0) {
          reader.countNode(depth, node);
          walk(node, rawKey, merged || entry.fromMergeKey, aliased || node !== entry.value, depth + 1);
        } else {
          const noted = reader.noteOf(entry.value);
          const location = merged || aliased ? undefined : reader.locateEntry(map, entry);
          addRawValue(
            result,
            {
              rawKey,
              key: toNestedKey(rawKey),
              range: reader.rangeOf(entry.value ?? entry.key),
              value: noted?.note.unresolvedReason === undefined ? reader.toData(node, depth) : noted.raw,
              ...(location && { location }),
              ...(noted && { note: noted.note }),
            },
            merged || entry.fromMergeKey,
          );
        }
      }
    });
  if (yaml.isMap(document.contents)) walk(document.contents, prefix, false, false, 0);
  if (reader.duplicates.size > 0) throw new UnreadableConfigError([...reader.duplicates.values()]);
  return result;
}
