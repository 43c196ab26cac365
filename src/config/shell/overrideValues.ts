/** Reads the value of one override: as YAML, which OmegaConf does, or by Hydra's grammar. */
import { addRawValue, flatten } from '../flatten';
import { hydraData, parseHydraValue, type HydraNode } from '../hydraValue';
import { toNestedKey } from '../keys';
import { noteOf, rawText, sliceText, type MappedText } from '../mappedText';
import { createNodeReader } from '../nodeReader';
import type { RawValue, RawValues } from '../rawValues';
import type { FileText, SourceText } from '../sourceText';
import type { ConfigFinding, EntryLocation } from '../types';
import { parseSingleDocument } from '../yaml';

/** An override whose value is still text. */
export interface UnparsedOverride {
  /** The key with its position and the note on the whole word. */
  entry: Omit<RawValue, 'value'>;
  text: MappedText;
  source: SourceText;
  file: FileText;
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
  if (/^-?[1-9]\d{0,14}$|^0$/.test(text)) return { value: Number(text) };
  return /^[A-Za-z][\w./-]*$/.test(text) && !yamlWords.test(text) ? { value: text } : undefined;
}

/** Directives, tags, and the merge and value keys, for which OmegaConf has no meaning. */
const refused = /^\s*(?:%|!(?!!)|<<\s*$|=\s*$)/;

const refusedFinding = ({ entry: { range } }: UnparsedOverride): ConfigFinding => ({
  id: 'config-syntax',
  severity: 'error',
  message: 'OmegaConf cannot read this value; put it in quotes inside the quotes of the shell.',
  range,
});

/** An override whose value is not known, as the file writes it. */
export const rawOverride = ({ entry, text, file }: UnparsedOverride): RawValue => ({
  ...entry,
  value: rawText(text, file.text),
});

/** Adds the value as OmegaConf reads it. What is no YAML gives a finding. */
export async function addYamlValue(override: UnparsedOverride, result: RawValues): Promise<void> {
  const { entry, text, source } = override;
  const plain = plainScalar(text.text);
  if (plain) return addRawValue(result, { ...entry, value: plain.value }, false);
  if (refused.test(text.text)) return void result.findings.push(refusedFinding(override));
  const { yaml, document, findings } = await parseSingleDocument(source);
  const { contents } = document ?? {};
  const isKnown = entry.note?.unresolvedReason === undefined;
  if (!isKnown && (findings.length > 0 || !yaml.isMap(contents))) addRawValue(result, rawOverride(override), false);
  else if (findings.length > 0) result.findings.push(...findings.slice(0, 1));
  else if (document && yaml.isMap(contents) && contents.items.length > 0)
    flatten(yaml, document, source, entry.rawKey, result);
  else {
    const data = document && contents ? createNodeReader(yaml, document, source).toData(contents, 0) : null;
    addRawValue(result, { ...entry, value: data }, false);
  }
}

/** Adds the value as Hydra reads it. False if Hydra cannot read it. */
export function addHydraValue(override: UnparsedOverride, result: RawValues): boolean {
  const { entry, text } = override;
  const parsed = parseHydraValue(text.text);
  if (parsed === undefined) return false;
  if ('reason' in parsed) {
    const note = { ...entry.note, unresolvedReason: entry.note?.unresolvedReason ?? parsed.reason };
    addRawValue(result, { ...rawOverride(override), note }, false);
  } else addNode(override, entry, parsed, result);
  return true;
}

/** Adds a node of Hydra's: a mapping key by key, anything else as one value. */
function addNode(override: UnparsedOverride, entry: Omit<RawValue, 'value'>, node: HydraNode, result: RawValues): void {
  const { text, source, file } = override;
  if (node.kind !== 'dict' || node.entries.length === 0) {
    const isKnown = entry.note?.unresolvedReason === undefined;
    const value = isKnown ? hydraData(node) : rawText(sliceText(text, node.from, node.to), file.text);
    addRawValue(result, { ...entry, value }, false);
    return;
  }
  for (const { key, from, to, value } of node.entries) {
    const rawKey = `${entry.rawKey}.${key}`;
    const note = noteOf(text, value.from, Math.max(value.to, value.from + 1));
    const isEditable = source.isEditable?.(from, value.to) !== false;
    const location: EntryLocation = {
      style: 'flow',
      keyRange: source.rangeAt(from, to),
      entryRange: source.rangeAt(from, value.to),
      ...(node.entries.length === 1 && { onlyEntryOf: source.rangeAt(node.from, node.to) }),
    };
    const inner = {
      rawKey,
      key: toNestedKey(rawKey),
      range: source.rangeAt(value.from, value.to),
      ...(isEditable && { location }),
      ...(note && { note }),
    };
    addNode(override, inner, value, result);
  }
}
