/** Merges the variables of branches of which only one is run. */
import { joinNotes, joinTexts, noteText, sliceText, type Note } from '../mappedText';
import { spend, type Budget } from './budget';
import {
  appendedItems,
  createItems,
  getVariable,
  type ExpandedWord,
  type Variable,
  type VariableTable,
} from './variables';

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
) => Variable | undefined;

/** Items that a branch appended to an array are there only if that branch is run. */
const mergeArrays: Merge = (before, after, reason) => {
  if (before !== undefined && before.kind !== 'array') return undefined;
  const appended = new Set<ExpandedWord>();
  for (const each of after) {
    if (each === undefined) continue;
    const items = each.kind === 'array' ? appendedItems(each.items, before?.items) : undefined;
    if (!items) return undefined;
    for (const item of items) appended.add(item);
  }
  const items = [...appended].map((item) =>
    item.isOpen === true ? item : { ...item, note: conditionalNote(item.note, reason) },
  );
  return { kind: 'array', items: createItems(items, before?.items) };
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

function mergeVariable(
  before: Variable | undefined,
  after: readonly (Variable | undefined)[],
  reason: string,
): Variable {
  const [first] = after;
  if (first && after.every((each) => isSame(each, first))) return first;
  const exported = [before, ...after].some((each) => each?.kind === 'text' && each.exported === true);
  return (
    mergeArrays(before, after, reason) ??
    mergeTexts(before, after, reason) ?? { kind: 'unknown', reason, ...(exported && { exported }) }
  );
}

/** Takes the changes of branches over into the table they started from. What differs becomes unknown, for `reason`. */
export function mergeTables(
  base: VariableTable,
  branches: readonly VariableTable[],
  reason: string,
  budget: Budget,
): void {
  const names = new Set(branches.flatMap(({ changes }) => [...changes.keys()]));
  spend(budget, names.size * branches.length);
  for (const name of names) {
    const before = getVariable(base, name, budget);
    const after = branches.map(({ changes }) => changes.get(name) ?? before);
    base.changes.set(name, mergeVariable(before, after, reason));
  }
}
