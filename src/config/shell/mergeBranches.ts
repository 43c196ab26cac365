/** Merges the variables of branches of which only one is run. */
import { joinNotes, joinTexts, mapSpans, noteText, sliceText, type MappedText, type Note } from '../mappedText';
import { spend, spendText, type Budget } from './budget';
import { overrideOf } from './overrideWords';
import { splitText } from './splitText';
import {
  allItems,
  appendedItems,
  createItems,
  getVariable,
  type ExpandedWord,
  type Variable,
  type VariableTable,
} from './variables';

/** The arguments of a script are not known, and usually there are none. */
export const argumentNote: Note = { environmentDefaults: ['$@'] };

const isSame = (one: Variable | undefined, other: Variable | undefined): boolean =>
  one === other || (one?.kind === 'text' && other?.kind === 'text' && one.value.text === other.value.text);

const conditionalNote = (note: Note | undefined, unresolvedReason: string): Note => ({
  ...joinNotes([note, { unresolvedReason }]),
  isConditional: true,
});

type Merge = (
  before: Variable | undefined,
  after: readonly (Variable | undefined)[],
  reason: string,
  budget: Budget,
) => Variable | undefined;

/** The key of an override; another word is told apart by its index. */
function keyOf({ value: { text } }: ExpandedWord, index: number): string {
  return overrideOf(text)?.key ?? `${index} ${text}`;
}

/**
 * The words that branches give, of which one is run. One that all of them give is there, with a value that is not known if
 * they differ; one that only some of them give may be there.
 */
function combineWords(variants: readonly (readonly ExpandedWord[])[], reason: string, budget: Budget): ExpandedWord[] {
  // Each word is split off, compared and noted.
  spend(budget, 8 * variants.reduce((count, words) => count + words.length, 0));
  const found = new Map<string, { word: ExpandedWord; count: number; isSame: boolean }>();
  for (const words of variants)
    for (const [key, word] of new Map(words.map((each, index) => [keyOf(each, index), each]))) {
      const known = found.get(key);
      const isSameText = known === undefined || (known.isSame && known.word.value.text === word.value.text);
      found.set(key, { word, count: (known?.count ?? 0) + 1, isSame: isSameText });
    }
  return [...found.values()].map(({ word, count, isSame: isSameText }) => {
    const isGiven = count === variants.length;
    if ((isGiven && isSameText) || word.isOpen === true) return word;
    const note = isGiven ? joinNotes([word.note, { unresolvedReason: reason }]) : conditionalNote(word.note, reason);
    return { ...word, note };
  });
}

/** Items that branches appended to an array. */
const mergeArrays: Merge = (before, after, reason, budget) => {
  if (before !== undefined && before.kind !== 'array') return undefined;
  const variants: (readonly ExpandedWord[])[] = [];
  for (const each of after) {
    const items = each?.kind === 'array' ? appendedItems(each.items, before?.items) : each === before ? [] : undefined;
    if (!items) return undefined;
    variants.push(items);
  }
  return { kind: 'array', items: createItems(combineWords(variants, reason, budget), before?.items) };
};

/** Words that a branch appended to a text of several words, likewise. */
const mergeTexts: Merge = (before, after, reason) => {
  const [changed, ...others] = after.filter((each) => !isSame(each, before));
  if (before?.kind !== 'text' || changed?.kind !== 'text' || others.length > 0) return undefined;
  const { text } = before.value;
  const isAppended = changed.value.text.startsWith(text) && /^\s/.test(changed.value.text.slice(text.length));
  if (!isAppended || text.trim() === '') return undefined;
  const appended = noteText(sliceText(changed.value, text.length), conditionalNote(undefined, reason));
  return { ...changed, value: joinTexts([before.value, appended]) };
};

/** The words that a variable adds to a command; undefined if they are not known. */
function wordsOf(variable: Variable | undefined, budget: Budget): readonly ExpandedWord[] | undefined {
  if (variable === undefined || variable.kind === 'unset') return [];
  if (variable.kind === 'array') return allItems(variable.items, budget);
  if (variable.kind !== 'text') return undefined;
  spendText(budget, variable.value.text.length);
  return splitText(variable.value, ' \t\n').pieces.map((value) => ({ value, note: variable.note }));
}

/** A blank between words, at the position of the word behind it. */
function separatorAt({ spans }: MappedText): MappedText {
  const at = spans[0]?.from ?? 0;
  return mapSpans([{ text: ' ', from: at, to: at, exact: false }]);
}

/** Overrides that branches give a variable instead of what it held before. */
const mergeOverrides: Merge = (before, after, reason, budget) => {
  const variants: (readonly ExpandedWord[])[] = [];
  for (const each of after) {
    const words = wordsOf(each, budget);
    if (!words) return undefined;
    variants.push(words);
  }
  if (!variants.some((words) => words.some(({ value }) => overrideOf(value.text) !== undefined))) return undefined;
  const items = combineWords(variants, reason, budget);
  if (after.some((each) => each?.kind === 'array')) return { kind: 'array', items: createItems(items) };
  const parts = items.flatMap(({ value, note }, index) => [
    ...(index > 0 ? [separatorAt(value)] : []),
    noteText(value, note),
  ]);
  const exported = [before, ...after].some((each) => each?.kind === 'text' && each.exported === true);
  return { kind: 'text', value: joinTexts(parts), ...(exported && { exported }) };
};

/** The variable as one branch leaves it, which is run unless the script is started with arguments. */
function usualVariable(variable: Variable | undefined): Variable | undefined {
  if (variable === undefined || variable.kind === 'unset') return { kind: 'unset', note: argumentNote };
  if (variable.kind !== 'text') return undefined;
  const note = joinNotes([variable.note, argumentNote]);
  return { ...variable, value: noteText(variable.value, argumentNote), ...(note && { note }) };
}

function mergeVariable(
  before: Variable | undefined,
  after: readonly (Variable | undefined)[],
  { reason, usual }: MergeReason,
  budget: Budget,
): Variable {
  const [first] = after;
  if (first && after.every((each) => isSame(each, first))) return first;
  const own = usual === undefined ? undefined : usualVariable(after[usual]);
  if (own) return own;
  const exported = [before, ...after].some((each) => each?.kind === 'text' && each.exported === true);
  return (
    mergeArrays(before, after, reason, budget) ??
    mergeTexts(before, after, reason, budget) ??
    mergeOverrides(before, after, reason, budget) ?? { kind: 'unknown', reason, ...(exported && { exported }) }
  );
}

/** Why what differs between branches is not known. */
export interface MergeReason {
  /** A clause for people. */
  reason: string;
  /** The index of the branch that is run unless the script is started with arguments, if that decides. */
  usual?: number | undefined;
}

/** Takes the changes of branches over into the table they started from. What differs becomes unknown. */
export function mergeTables(
  base: VariableTable,
  branches: readonly VariableTable[],
  reason: MergeReason,
  budget: Budget,
): void {
  const names = new Set(branches.flatMap(({ changes }) => [...changes.keys()]));
  spend(budget, names.size * branches.length);
  for (const name of names) {
    const before = getVariable(base, name, budget);
    const after = branches.map(({ changes }) => changes.get(name) ?? before);
    base.changes.set(name, mergeVariable(before, after, reason, budget));
  }
}
