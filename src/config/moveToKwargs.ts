/** The quick fix that moves a key into `engine_init_kwargs`, in each form of config. */
import { splitKeyQuotes, removeEntry, renameKey, textAt, type EditableText, type TextEdit } from './edits';
import type { ConfigValue, RunConfig, LocatedValue } from './types';

/** The key `engine_init_kwargs` beside another key, in the same layout. */
const kwargsKeyFor = (raw: string): string => raw.replace(/[^.]+$/, 'engine_init_kwargs');

/** The edits that move a key; undefined if the file has no place for it. If the key is there already it is only removed. */
export function moveToKwargs(
  source: EditableText,
  { rawKey, location, range }: LocatedValue,
  config: RunConfig,
): TextEdit[] | undefined {
  if (!location) return undefined;
  const name = rawKey.slice(rawKey.lastIndexOf('.') + 1);
  const parent = kwargsKeyFor(rawKey);
  const inside = [...config.values.values()].filter((value) => value.rawKey.startsWith(`${parent}.`));
  const out = removeEntry(source, location);
  if (inside.some((value) => value.rawKey === `${parent}.${name}`)) return out && [out];
  const whole = renameKey(source, location, rawKey, `${parent}.${name}`);
  if (whole) return [whole];
  const written = textAt(source, range);
  const { quote } = splitKeyQuotes(source, location);
  const item = `${quote}${name}${quote}: ${written}`;
  const sibling = inside.find(
    (value) => value.location && value.rawKey.split('.').length === parent.split('.').length + 1,
  )?.location;
  if (sibling) {
    const { startLine, startCharacter } = sibling.keyRange;
    const at = { startLine, startCharacter, endLine: startLine, endCharacter: startCharacter };
    const indent = (source.lines[startLine] ?? '').slice(0, startCharacter);
    if (sibling.style === 'block' && indent.trim() !== '') return undefined;
    return out && [out, { range: at, text: sibling.style === 'block' ? `${item}\n${indent}` : `${item}, ` }];
  }
  if (inside.length > 0) return undefined;
  const empty: ConfigValue | undefined = [...config.values.values()].find((value) => value.rawKey === parent);
  if (empty?.location)
    return out && [out, { range: empty.location.entryRange, text: `${quote}engine_init_kwargs${quote}: {${item}}` }];
  if (empty) return undefined;
  const indent = ' '.repeat(location.keyRange.startCharacter);
  return [
    {
      range: location.entryRange,
      text:
        location.style === 'flow'
          ? `${quote}engine_init_kwargs${quote}: {${item}}`
          : `engine_init_kwargs:\n${indent}  ${item}`,
    },
  ];
}
