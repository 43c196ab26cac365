/** Reads the arguments of a command as config values: `key=value` overrides, and the JSON of Tinker's `--backend-config`. */
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

/** The parts of an override such as `generator.x=1`; undefined for other words. Keys without a dot belong to other programs. */
export function overrideOf(text: string): Override | undefined {
  const match = /^(\+{0,2})((?:[A-Za-z_][\w-]*)(?:\.[\w@/-]+)+)=/.exec(text);
  return match ? { plus: match[1] ?? '', key: match[2] ?? '', at: match[0].length } : undefined;
}

/** Whether a text is JSON with engine keys, nested or dotted. */
export function isEngineJson(text: string): boolean {
  return /^\s*\{/.test(text) && /"generator(?:\.|"\s*:)/.test(text) && /inference_engine/.test(text);
}

/** How many arguments set engine keys, which distinguishes the command of a run from others. */
export function countEngineArguments(words: readonly ExpandedWord[]): number {
  return words.reduce((count, { value }) => {
    const text = joinSpans(value);
    const override = overrideOf(text);
    if (override) return count + (isEngineKey(override.key) ? 1 : 0);
    return count + (isEngineJson(jsonIn(text)) ? (text.match(/"generator\./g)?.length ?? 1) : 0);
  }, 0);
}

/** The JSON part of an argument. */
const jsonIn = (text: string): string => text.replace(/^--backend-config=/, '');

async function addOverride(
  { value, note, wordSpan }: ExpandedWord,
  { plus, key, at }: Override,
  script: ScriptText,
  result: RawValues,
): Promise<void> {
  const assigned = sliceMappedText(value, at);
  // A mapping in a variable is shown and edited where the variable is set.
  const valueText = /^\s*\{/.test(joinSpans(assigned)) ? unwrapVariable(assigned) : assigned;
  const source = createMappedSourceText(valueText, script);
  const textLength = source.text.length;
  const range = valueText.length > 0 ? source.rangeAt(0, textLength) : script.rangeAt(...endOf(value));
  const keyRange = script.rangeAt(...offsetsOf(value, plus.length, plus.length + key.length));
  const location: EntryLocation | undefined = wordSpan && {
    style: 'word',
    keyRange,
    entryRange: script.rangeAt(wordSpan.from, wordSpan.to),
  };
  if (plus !== '') {
    result.findings.push({
      id: 'config-plus-prefix',
      severity: 'error',
      range: script.rangeAt(...offsetsOf(value, 0, plus.length)),
      cause: { key: toNestedKey(key), rawKey: key, value: null, range, ...(location && { location }) },
      message: `SkyRL refuses the prefix ${plus} since February 2026: an override is ${key}=… only.`,
    });
  }
  const combined = joinNotes([note, source.noteAt?.(0, textLength)]);
  const override = {
    rawKey: key,
    key: toNestedKey(key),
    range,
    ...(location && { location }),
    ...(combined && { note: combined }),
  };
  const { yaml, document, findings } = await parseSingleDocument(source);
  if (combined?.unresolvedReason !== undefined && (findings.length > 0 || !yaml.isCollection(document?.contents))) {
    addRawValue(result, { ...override, value: source.rawTextAt?.(0, textLength) ?? source.text }, false);
  } else if (findings.length > 0) {
    result.findings.push(...findings.slice(0, 1));
  } else if (document && yaml.isMap(document.contents) && document.contents.items.length > 0) {
    flatten(yaml, document, source, key, result);
  } else {
    const value = document?.contents ? createNodeReader(yaml, document, source).toData(document.contents, 0) : null;
    addRawValue(result, { ...override, value }, false);
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

/** The values in a command's arguments. An argument that cannot be read gives a finding. */
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
