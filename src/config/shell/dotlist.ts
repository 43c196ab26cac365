/** Reads the arguments of a command as config values: `key=value` overrides, and the JSON of Tinker's `--backend-config`. */
import { addRawValue, flatten } from '../flatten';
import { toNestedKey } from '../keys';
import { joinNotes, noteOf, offsetsOf, rawText, sliceText, unwrapVariable, type MappedText } from '../mappedText';
import { createNodeReader } from '../nodeReader';
import { createRawValues, UnreadableConfigError, type RawValue, type RawValues } from '../rawValues';
import { createMappedSourceText, type FileText } from '../sourceText';
import type { EntryLocation } from '../types';
import { parseSingleDocument } from '../yaml';
import { isEngineJson, jsonOf, overrideOf, type Override } from './overrideWords';
import type { ExpandedWord } from './variables';

function locate(
  { value, wordSpan }: ExpandedWord,
  { prefix, key }: Override,
  file: FileText,
): EntryLocation | undefined {
  return (
    wordSpan && {
      style: 'word',
      keyRange: file.rangeAt(...offsetsOf(value, prefix.length, prefix.length + key.length)),
      entryRange: file.rangeAt(wordSpan.from, wordSpan.to),
    }
  );
}

async function addOverride(word: ExpandedWord, override: Override, file: FileText, result: RawValues): Promise<void> {
  const { value, note } = word;
  const { prefix, key, valueAt } = override;
  const assigned = sliceText(value, valueAt);
  // A mapping in a variable is shown and edited where the variable is set.
  const valueText = /^\s*\{/.test(assigned.text) ? unwrapVariable(assigned) : assigned;
  const source = createMappedSourceText(valueText, file);
  const { length } = valueText.text;
  const end = value.spans.at(-1)?.to ?? 0;
  const range = length > 0 ? source.rangeAt(0, length) : file.rangeAt(end, end);
  const location = locate(word, override, file);
  if (prefix !== '') {
    result.findings.push({
      id: 'config-plus-prefix',
      severity: 'error',
      range: file.rangeAt(...offsetsOf(value, 0, prefix.length)),
      cause: { key: toNestedKey(key), rawKey: key, value: null, range, ...(location && { location }) },
      message: `SkyRL refuses the prefix ${prefix} since February 2026: an override is ${key}=… only.`,
    });
  }
  const combined = joinNotes([note, noteOf(valueText)]);
  const entry = {
    rawKey: key,
    key: toNestedKey(key),
    range,
    ...(location && { location }),
    ...(combined && { note: combined }),
  };
  const raw: RawValue = { ...entry, value: rawText(valueText, file.text) };
  // A word that may not be there at all has no parts that are.
  if (note?.unresolvedReason !== undefined) return addRawValue(result, raw, false);
  const plain = plainScalar(valueText.text);
  if (plain) return addRawValue(result, { ...entry, value: plain.value }, false);
  const { yaml, document, findings } = await parseSingleDocument(source);
  const { contents } = document ?? {};
  const isKnown = combined?.unresolvedReason === undefined;
  if (!isKnown && (findings.length > 0 || !yaml.isMap(contents))) addRawValue(result, raw, false);
  else if (findings.length > 0) result.findings.push(...findings.slice(0, 1));
  else if (document && yaml.isMap(contents) && contents.items.length > 0) flatten(yaml, document, source, key, result);
  else {
    const data = document && contents ? createNodeReader(yaml, document, source).toData(contents, 0) : null;
    addRawValue(result, { ...entry, value: data }, false);
  }
}

async function addJson(value: MappedText, file: FileText, result: RawValues): Promise<void> {
  const source = createMappedSourceText(unwrapVariable(value), file);
  const { yaml, document, findings } = await parseSingleDocument(source);
  // What is wrong with a text that is not known is not known either.
  const isKnown = noteOf(value)?.unresolvedReason === undefined;
  if (findings.length > 0 || !document) result.findings.push(...(isKnown ? findings : []));
  else flatten(yaml, document, source, '', result);
}

const constants = new Map<string, unknown>([
  ['', null],
  ['null', null],
  ['true', true],
  ['false', false],
  ['True', true],
  ['False', false],
]);

/** Words that YAML reads as something else than text, in any case. */
const yamlWords = /^(?:y|n|yes|no|on|off|true|false|null|inf|nan)$/i;

/** The value of a plain number or word, for which no YAML has to be parsed; undefined for anything else. */
function plainScalar(text: string): { value: unknown } | undefined {
  if (constants.has(text)) return { value: constants.get(text) };
  if (/^-?(?:0|[1-9]\d{0,14})$/.test(text)) return { value: Number(text) };
  return /^[A-Za-z][\w./-]*$/.test(text) && !yamlWords.test(text) ? { value: text } : undefined;
}

/** The values in a command's arguments. An argument that cannot be read gives a finding. */
export async function readArguments(words: readonly ExpandedWord[], file: FileText): Promise<RawValues> {
  const result = createRawValues();
  for (const word of words) {
    const { text } = word.value;
    const override = overrideOf(text);
    const json = jsonOf(text);
    try {
      if (override) await addOverride(word, override, file, result);
      else if (isEngineJson(json)) await addJson(sliceText(word.value, text.length - json.length), file, result);
    } catch (error) {
      if (!(error instanceof UnreadableConfigError)) throw error;
      result.findings.push(...error.findings);
    }
  }
  return result;
}
