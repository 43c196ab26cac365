/** A YAML document whose top level is a mapping → dotted keys with their values and ranges. */
import type { Document, YAMLMap } from 'yaml';
import { toNested } from './keys';
import { createNodeReader } from './nodeReader';
import { lineOf } from './ranges';
import type { Source } from './sourceText';
import { nothingWritten, Unreadable, type Written, type WrittenValues } from './rawValues';

/** Takes `next` in. SkyRL's translation moves a legacy key over a nested one wherever they stand; else the later spelling wins. */
export function put(result: WrittenValues, next: Written, merged: boolean): void {
  result.spellings.add(next.raw);
  const before = result.values.get(next.key);
  if (before === undefined) {
    result.values.set(next.key, next);
    return;
  }
  if (merged) return;
  const legacyBefore = before.raw !== before.key;
  const [winner, loser] = legacyBefore && next.raw === next.key ? [before, next] : [next, before];
  result.values.set(next.key, winner);
  result.findings.push({
    id: 'config-written-twice',
    severity: 'warning',
    message: `${loser.raw} is also written at ${lineOf(winner.range)}${winner.raw === loser.raw ? '' : ` (as ${winner.raw})`}, which is taken.`,
    range: loser.range,
    about: loser,
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
  source: Source,
  under = '',
  result = nothingWritten(),
): WrittenValues {
  const reader = createNodeReader(yaml, document, source);
  const walk = (map: YAMLMap, prefix: string, merged: boolean, aliased: boolean, depth: number): void =>
    reader.within(map, () => {
      for (const entry of reader.entriesOf(map, depth)) {
        const raw = prefix === '' ? entry.name : `${prefix}.${entry.name}`;
        const node = reader.target(entry.value);
        if (yaml.isMap(node) && node.items.length > 0) {
          reader.spend(depth, node);
          walk(node, raw, merged || entry.merged, aliased || node !== entry.value, depth + 1);
        } else {
          const said = reader.noteOf(entry.value);
          const place = merged || aliased ? undefined : reader.entryPlace(map, entry);
          put(
            result,
            {
              raw,
              key: toNested(raw),
              range: reader.rangeOf(entry.value ?? entry.key),
              value: said?.note.unresolved === undefined ? reader.plain(node, depth) : said.raw,
              ...(place && { entry: place }),
              ...(said && { note: said.note }),
            },
            merged || entry.merged,
          );
        }
      }
    });
  if (yaml.isMap(document.contents)) walk(document.contents, under, false, false, 0);
  if (reader.duplicates.size > 0) throw new Unreadable([...reader.duplicates.values()]);
  return result;
}
