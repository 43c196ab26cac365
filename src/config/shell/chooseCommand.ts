/** Chooses the command of a script whose overrides are the run's config. */
import { joinNotes, noteOf, rawText, type Note } from '../mappedText';
import type { FileText } from '../sourceText';
import { countEngineArguments, isEngineJson, jsonOf, overrideOf } from './overrideWords';
import type { ShellCommand } from './reader';
import type { ScriptReading } from './script';
import { allItems, createTable, type ExpandedWord, type ItemList } from './variables';

/** What a command runs: the module after `-m`, a Python file, or the command's name; as the file writes it if it is not known. */
export function programOf({ words }: Pick<ShellCommand, 'words'>, file: FileText): string {
  const texts = words.map(({ value }) =>
    noteOf(value)?.unresolvedReason === undefined ? value.text : rawText(value, file.text),
  );
  const isOption = (text: string): boolean => overrideOf(text) !== undefined || /^-./.test(text);
  const module = texts.indexOf('-m');
  const name =
    (module >= 0 ? texts[module + 1] : undefined) ??
    texts.find((text) => /^[\w./-]+\.py$/.test(text)) ??
    texts[0] ??
    '';
  return isOption(name) ? '' : name;
}

/** Training runs rank before servers and one-off generation, and what the script runs before what only others may call. */
export function rank(command: ShellCommand, file: FileText): number {
  const program = programOf(command, file);
  const kind = /\bserve\b|generate|\beval/.test(program) ? 1 : /main|train|tinker|entrypoint/.test(program) ? 2 : 1;
  return kind + (command.isExecuted ? 10 : 0);
}

/** Whether the command is an override that a comment or a missing backslash cut off from its command. */
export const isCutOff = ({ words: [name], isList }: ShellCommand): boolean =>
  isList !== true && name !== undefined && overrideOf(name.value.text) !== undefined;

const textOf = ({ value, note }: ExpandedWord): string => `${value.text}\0${note?.unresolvedReason ?? ''}`;

/** The words of a command that is reached several times with other arguments: what differs is not known. */
function mergeOccurrences(all: readonly ShellCommand[], line: number): ShellCommand | undefined {
  const [first, ...others] = all;
  const counts = new Map<string, number>();
  for (const { words } of all)
    for (const text of new Set(words.map(textOf))) counts.set(text, (counts.get(text) ?? 0) + 1);
  const isSame = (word: ExpandedWord): boolean => counts.get(textOf(word)) === all.length;
  if (!first || all.every(({ words }) => words.every(isSame))) return first;
  const keyOf = ({ value }: ExpandedWord): string | undefined => overrideOf(value.text)?.key;
  const unresolvedReason = `it changes from one run of the command at line ${line} to the next`;
  const mark = (word: ExpandedWord): ExpandedWord => {
    const note: Note | undefined = joinNotes([word.note, { unresolvedReason }]);
    return { ...word, note };
  };
  const marked = first.words.map((word) => {
    const key = keyOf(word);
    return key === undefined || isSame(word) ? word : mark(word);
  });
  const keys = new Set(first.words.map(keyOf));
  const added = new Map<string, ExpandedWord>();
  for (const word of others.flatMap(({ words }) => words)) {
    const key = keyOf(word);
    if (key !== undefined && !keys.has(key)) added.set(key, mark(word));
  }
  return { ...first, words: [...marked, ...added.values()] };
}

/** The commands with engine overrides, best first; each once, however often the script runs it. */
export function findCandidates({ commands }: ScriptReading, file: FileText): ShellCommand[] {
  const byPosition = new Map<number, ShellCommand[]>();
  for (const command of commands) {
    if (isCutOff(command) || countEngineArguments(command.words) === 0) continue;
    const before = byPosition.get(command.from);
    if (before) before.push(command);
    else byPosition.set(command.from, [command]);
  }
  const merged = [...byPosition.values()].flatMap((all) => {
    const executed = all.filter(({ isExecuted }) => isExecuted);
    const line = file.rangeAt(all[0]?.from ?? 0, all[0]?.from ?? 0).startLine + 1;
    return mergeOccurrences(executed.length > 0 ? executed : all, line) ?? [];
  });
  const weigh = (command: ShellCommand): [number, number] => [rank(command, file), countEngineArguments(command.words)];
  return merged
    .map((command) => ({ command, weight: weigh(command) }))
    .sort(
      (one, other) =>
        other.weight[0] - one.weight[0] || other.weight[1] - one.weight[1] || one.command.from - other.command.from,
    )
    .map(({ command }) => command);
}

/** A command made of words that no script shows. */
export const commandOf = (words: readonly ExpandedWord[]): ShellCommand => {
  const spans = words.flatMap(({ value }) => value.spans).filter((span) => span.to > 0);
  const from = spans.reduce((least, span) => Math.min(least, span.from), spans[0]?.from ?? 0);
  const to = spans.reduce((most, span) => Math.max(most, span.to), 0);
  return {
    from,
    to: Math.max(from, to),
    words,
    forwardsArguments: false,
    environment: createTable(),
    isExecuted: false,
    isList: true,
    unknownSource: undefined,
  };
};

/**
 * Overrides that no command shows: arguments after a command that were cut off from it, a list in an array for a script
 * that sources this one, or JSON in a text that the script passes on in a way that is not followed.
 */
export function findHiddenOverrides({ lists, texts, givenUpAt }: ScriptReading): ShellCommand | undefined {
  if (givenUpAt !== undefined) return undefined;
  const longest = lists.reduce<ItemList | undefined>(
    (best, each) => (each.length > (best?.length ?? 0) ? each : best),
    undefined,
  );
  if (longest) return commandOf(allItems(longest, { steps: 0 }).filter(({ isOpen }) => isOpen !== true));
  const json = texts.find(({ text }) => isEngineJson(jsonOf(text)));
  const [from, to] = [json?.spans[0]?.from ?? 0, json?.spans.at(-1)?.to ?? 0];
  return json && commandOf([{ value: json, wordSpan: { from, to: Math.max(from, to) } }]);
}
