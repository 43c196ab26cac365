/** Arguments of a command → written values: `key=value`, as OmegaConf reads them, and the JSON of Tinker's `--backend-config`. */
import { flatten, put } from '../flatten';
import { isEngineKey, toNested } from '../keys';
import { createNodeReader } from '../nodeReader';
import { tracedSource, type ScriptText } from '../sourceText';
import { joinNotes, placeOf, slice, textOf, unwrapped, type Traced } from '../mappedText';
import type { Entry } from '../types';
import { nothingWritten, Unreadable, type WrittenValues } from '../rawValues';
import { readOne } from '../yaml';
import type { Item } from './scope';

interface Override {
  /** Hydra's `+` or `++`, which adds a key that the base config lacks. */
  plus: string;
  key: string;
  /** Offset of the value in the word. */
  at: number;
}

/** `generator.x=1` → its parts; keys without a dot are options of other programs. */
export function overrideOf(text: string): Override | undefined {
  const match = /^(\+{0,2})((?:[A-Za-z_][\w-]*)(?:\.[\w@/-]+)+)=/.exec(text);
  return match ? { plus: match[1] ?? '', key: match[2] ?? '', at: match[0].length } : undefined;
}

/** A JSON text with engine keys in it, nested or dotted. */
export function isEngineJson(text: string): boolean {
  return /^\s*\{/.test(text) && /"generator(?:\.|"\s*:)/.test(text) && /inference_engine/.test(text);
}

/** How many arguments are about engines: what tells a run's command from others. */
export function engineArguments(words: readonly Item[]): number {
  return words.reduce((count, { value }) => {
    const text = textOf(value);
    const override = overrideOf(text);
    if (override) return count + (isEngineKey(override.key) ? 1 : 0);
    return count + (isEngineJson(jsonIn(text)) ? (text.match(/"generator\./g)?.length ?? 1) : 0);
  }, 0);
}

const jsonIn = (text: string): string => text.replace(/^--backend-config=/, '');

async function addOverride(
  { value, note, word }: Item,
  { plus, key, at }: Override,
  script: ScriptText,
  result: WrittenValues,
): Promise<void> {
  const given = slice(value, at);
  // A mapping in a variable is better shown, and edited, where that is written.
  const right = /^\s*\{/.test(textOf(given)) ? unwrapped(given) : given;
  const source = tracedSource(right, script);
  const textLength = source.text.length;
  const range = right.length > 0 ? source.place(0, textLength) : script.place(...endOf(value));
  const keyRange = script.place(...placeOf(value, plus.length, plus.length + key.length));
  const entry: Entry | undefined = word && { form: 'word', key: keyRange, whole: script.place(word.from, word.to) };
  if (plus !== '') {
    result.findings.push({
      id: 'config-plus-prefix',
      severity: 'error',
      range: script.place(...placeOf(value, 0, plus.length)),
      about: { key: toNested(key), raw: key, value: null, range, ...(entry && { entry }) },
      message: `SkyRL refuses the prefix ${plus} since February 2026: an override is ${key}=… only.`,
    });
  }
  const said = joinNotes([note, source.note?.(0, textLength)]);
  const whole = { raw: key, key: toNested(key), range, ...(entry && { entry }), ...(said && { note: said }) };
  const { yaml, document, findings } = await readOne(source);
  if (said?.unresolved !== undefined && (findings.length > 0 || !yaml.isCollection(document?.contents))) {
    put(result, { ...whole, value: source.raw?.(0, textLength) ?? source.text }, false);
  } else if (findings.length > 0) {
    result.findings.push(...findings.slice(0, 1));
  } else if (document && yaml.isMap(document.contents) && document.contents.items.length > 0) {
    flatten(yaml, document, source, key, result);
  } else {
    const value = document?.contents ? createNodeReader(yaml, document, source).plain(document.contents, 0) : null;
    put(result, { ...whole, value }, false);
  }
}

const endOf = (value: Traced): [number, number] => {
  const end = value.at(-1)?.to ?? 0;
  return [end, end];
};

async function addJson(value: Traced, script: ScriptText, result: WrittenValues): Promise<void> {
  const source = tracedSource(unwrapped(value), script);
  const { yaml, document, findings } = await readOne(source);
  if (findings.length > 0 || !document) result.findings.push(...findings);
  else flatten(yaml, document, source, '', result);
}

/** The values that a command's arguments give. What cannot be read of them is a finding. */
export async function readArguments(words: readonly Item[], script: ScriptText): Promise<WrittenValues> {
  const result = nothingWritten();
  for (const word of words) {
    const text = textOf(word.value);
    const override = overrideOf(text);
    try {
      if (override) await addOverride(word, override, script, result);
      else if (isEngineJson(jsonIn(text)))
        await addJson(slice(word.value, text.length - jsonIn(text).length), script, result);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      result.findings.push(...error.findings);
    }
  }
  return result;
}
