/** Reads the arguments of a command as config values: `key=value` overrides, and the JSON of Tinker's `--backend-config`. */
import { addRawValue, flatten } from '../flatten';
import { isLegacyKey, toNestedKey } from '../keys';
import { joinNotes, noteOf, offsetsOf, sliceText, unwrapVariable, type MappedText } from '../mappedText';
import { createRawValues, UnreadableConfigError, type RawValues } from '../rawValues';
import { createMappedSourceText, type FileText } from '../sourceText';
import type { EntryLocation } from '../types';
import { parseSingleDocument } from '../yaml';
import { addHydraValue, addYamlValue, rawOverride, type UnparsedOverride } from './overrideValues';
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

function toOverride(word: ExpandedWord, parts: Override, file: FileText): UnparsedOverride {
  const { value, note } = word;
  const assigned = sliceText(value, parts.valueAt);
  // A mapping in a variable is shown and edited where the variable is set.
  const text = /^\s*\{/.test(assigned.text) ? unwrapVariable(assigned) : assigned;
  const source = createMappedSourceText(text, file);
  const { length } = text.text;
  const end = value.spans.at(-1)?.to ?? 0;
  const location = locate(word, parts, file);
  const combined = joinNotes([note, noteOf(text)]);
  const entry = {
    rawKey: parts.key,
    key: toNestedKey(parts.key),
    range: length > 0 ? source.rangeAt(0, length) : file.rangeAt(end, end),
    ...(location && { location }),
    ...(combined && { note: combined }),
  };
  return { entry, text, source, file };
}

function reportPrefix(
  { value }: ExpandedWord,
  { prefix }: Override,
  { entry, file }: UnparsedOverride,
  result: RawValues,
): void {
  if (prefix === '') return;
  const { note: _note, ...cause } = entry;
  result.findings.push({
    id: 'config-plus-prefix',
    severity: 'error',
    range: file.rangeAt(...offsetsOf(value, 0, prefix.length)),
    cause: { ...cause, value: null },
    message: `SkyRL refuses the prefix ${prefix} since February 2026: an override is ${entry.rawKey}=… only.`,
  });
}

async function addOverride(
  word: ExpandedWord,
  parts: Override,
  isHydra: boolean,
  file: FileText,
  result: RawValues,
): Promise<void> {
  const override = toOverride(word, parts, file);
  reportPrefix(word, parts, override, result);
  // A word that may not be there at all has no parts that are.
  if (word.note?.unresolvedReason !== undefined) addRawValue(result, rawOverride(override), false);
  else if (!isHydra || !addHydraValue(override, result)) await addYamlValue(override, result);
}

async function addJson(value: MappedText, file: FileText, result: RawValues): Promise<void> {
  const source = createMappedSourceText(unwrapVariable(value), file);
  const { yaml, document, findings } = await parseSingleDocument(source);
  // What is wrong with a text that is not known is not known either.
  const isKnown = noteOf(value)?.unresolvedReason === undefined;
  if (findings.length > 0 || !document) result.findings.push(...(isKnown ? findings : []));
  else flatten(yaml, document, source, '', result);
}

/** After how many overrides other work gets a turn: some are parsed as YAML, which takes a tenth of a millisecond each. */
const overridesAtOnce = 128;

/**
 * The values in a command's arguments. Overrides with a prefix or legacy keys are of the time when SkyRL used Hydra, and
 * are read by its grammar; others as OmegaConf reads them. An argument that cannot be read gives a finding.
 */
export async function readArguments(words: readonly ExpandedWord[], file: FileText): Promise<RawValues> {
  const result = createRawValues();
  const overrides = words.map(({ value }) => overrideOf(value.text));
  const isHydra = overrides.some((parts) => parts && (parts.prefix !== '' || isLegacyKey(parts.key)));
  for (const [index, word] of words.entries()) {
    if (index % overridesAtOnce === overridesAtOnce - 1) await new Promise((resolve) => setImmediate(resolve));
    const { text } = word.value;
    const parts = overrides[index];
    const json = jsonOf(text);
    try {
      if (parts) await addOverride(word, parts, isHydra, file, result);
      else if (isEngineJson(json)) await addJson(sliceText(word.value, text.length - json.length), file, result);
    } catch (error) {
      if (!(error instanceof UnreadableConfigError)) throw error;
      result.findings.push(...error.findings);
    }
  }
  return result;
}
