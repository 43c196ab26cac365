/** Arguments of a command → written values: `key=value`, as OmegaConf reads them, and the JSON of Tinker's `--backend-config`. */
import { flatten, addRawValue } from '../flatten';
import { isEngineKey, toNestedKey } from '../keys';
import { createNodeReader } from '../nodeReader';
import { createMappedSourceText, type ScriptText } from '../sourceText';
import { joinNotes, offsetsOf, sliceMappedText, joinSpans, unwrapVariable, type MappedText } from '../mappedText';
import type { EntryLocation } from '../types';
import { createRawValues, UnreadableConfigError, type RawValues } from '../rawValues';
import { parseSingleDocument } from '../yaml';
import type { ExpandedWord } from './scope';

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
export function countEngineArguments(words: readonly ExpandedWord[]): number {
  return words.reduce((count, { value }) => {
    const text = joinSpans(value);
    const override = overrideOf(text);
    if (override) return count + (isEngineKey(override.key) ? 1 : 0);
    return count + (isEngineJson(jsonIn(text)) ? (text.match(/"generator\./g)?.length ?? 1) : 0);
  }, 0);
}

const jsonIn = (text: string): string => text.replace(/^--backend-config=/, '');

async function addOverride(
  { value, note, wordSpan }: ExpandedWord,
  { plus, key, at }: Override,
  script: ScriptText,
  result: RawValues,
): Promise<void> {
  const given = sliceMappedText(value, at);
  // A mapping in a variable is better shown, and edited, where that is written.
  const right = /^\s*\{/.test(joinSpans(given)) ? unwrapVariable(given) : given;
  const source = createMappedSourceText(right, script);
  const textLength = source.text.length;
  const range = right.length > 0 ? source.rangeAt(0, textLength) : script.rangeAt(...endOf(value));
  const keyRange = script.rangeAt(...offsetsOf(value, plus.length, plus.length + key.length));
  const entry: EntryLocation | undefined = wordSpan && {
    style: 'word',
    keyRange,
    entryRange: script.rangeAt(wordSpan.from, wordSpan.to),
  };
  if (plus !== '') {
    result.findings.push({
      id: 'config-plus-prefix',
      severity: 'error',
      range: script.rangeAt(...offsetsOf(value, 0, plus.length)),
      cause: { key: toNestedKey(key), rawKey: key, value: null, range, ...(entry && { location: entry }) },
      message: `SkyRL refuses the prefix ${plus} since February 2026: an override is ${key}=… only.`,
    });
  }
  const said = joinNotes([note, source.noteAt?.(0, textLength)]);
  const whole = {
    rawKey: key,
    key: toNestedKey(key),
    range,
    ...(entry && { location: entry }),
    ...(said && { note: said }),
  };
  const { yaml, document, findings } = await parseSingleDocument(source);
  if (said?.unresolvedReason !== undefined && (findings.length > 0 || !yaml.isCollection(document?.contents))) {
    addRawValue(result, { ...whole, value: source.rawTextAt?.(0, textLength) ?? source.text }, false);
  } else if (findings.length > 0) {
    result.findings.push(...findings.slice(0, 1));
  } else if (document && yaml.isMap(document.contents) && document.contents.items.length > 0) {
    flatten(yaml, document, source, key, result);
  } else {
    const value = document?.contents ? createNodeReader(yaml, document, source).toData(document.contents, 0) : null;
    addRawValue(result, { ...whole, value }, false);
  }
}

const endOf = (value: MappedText): [number, number] => {
  const end = value.at(-1)?.to ?? 0;
  return [end, end];
};

async function addJson(value: MappedText, script: ScriptText, result: RawValues): Promise<void> {
  const source = createMappedSourceText(unwrapVariable(value), script);
  const { yaml, document, findings } = await parseSingleDocument(source);
  if (findings.length > 0 || !document) result.findings.push(...findings);
  else flatten(yaml, document, source, '', result);
}

/** The values that a command's arguments give. What cannot be read of them is a finding. */
export async function readArguments(words: readonly ExpandedWord[], script: ScriptText): Promise<RawValues> {
  const result = createRawValues();
  for (const word of words) {
    const text = joinSpans(word.value);
    const override = overrideOf(text);
    try {
      if (override) await addOverride(word, override, script, result);
      else if (isEngineJson(jsonIn(text)))
        await addJson(sliceMappedText(word.value, text.length - jsonIn(text).length), script, result);
    } catch (error) {
      if (!(error instanceof UnreadableConfigError)) throw error;
      result.findings.push(...error.findings);
    }
  }
  return result;
}
