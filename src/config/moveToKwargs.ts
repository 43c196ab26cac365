/** Moves a key into `engine_init_kwargs`, in each form a config can have. */
import { keyText, removal, renaming, textAt, type EditText, type TextEdit } from './edits';
import type { ConfigValue, RunConfig, Subject } from './types';

/** `engine_init_kwargs` beside a key, as that key is spelled. */
const besides = (raw: string): string => raw.replace(/[^.]+$/, 'engine_init_kwargs');

/** The edits that move it; `undefined` where the file gives no place for it. One that is there already is only taken out. */
export function moveToKwargs(
  source: EditText,
  { raw, entry, range }: Subject,
  config: RunConfig,
): TextEdit[] | undefined {
  if (!entry) return undefined;
  const name = raw.slice(raw.lastIndexOf('.') + 1);
  const parent = besides(raw);
  const inside = [...config.values.values()].filter((value) => value.raw.startsWith(`${parent}.`));
  const out = removal(source, entry);
  if (inside.some((value) => value.raw === `${parent}.${name}`)) return out && [out];
  const whole = renaming(source, entry, raw, `${parent}.${name}`);
  if (whole) return [whole];
  const written = textAt(source, range);
  const { quote } = keyText(source, entry);
  const item = `${quote}${name}${quote}: ${written}`;
  const sibling = inside.find(
    (value) => value.entry && value.raw.split('.').length === parent.split('.').length + 1,
  )?.entry;
  if (sibling) {
    const { startLine, startCharacter } = sibling.key;
    const at = { startLine, startCharacter, endLine: startLine, endCharacter: startCharacter };
    const indent = (source.lines[startLine] ?? '').slice(0, startCharacter);
    if (sibling.form === 'block' && indent.trim() !== '') return undefined;
    return out && [out, { range: at, text: sibling.form === 'block' ? `${item}\n${indent}` : `${item}, ` }];
  }
  if (inside.length > 0) return undefined;
  const empty: ConfigValue | undefined = [...config.values.values()].find((value) => value.raw === parent);
  if (empty?.entry)
    return out && [out, { range: empty.entry.whole, text: `${quote}engine_init_kwargs${quote}: {${item}}` }];
  if (empty) return undefined;
  const indent = ' '.repeat(entry.key.startCharacter);
  return [
    {
      range: entry.whole,
      text:
        entry.form === 'flow'
          ? `${quote}engine_init_kwargs${quote}: {${item}}`
          : `engine_init_kwargs:\n${indent}  ${item}`,
    },
  ];
}
