/** The variables of a script: their values, and tables of them that branches change independently. */
import type { MappedText, Note } from '../mappedText';
import { spend, type Budget } from './budget';

/** One argument of a command or element of an array, after expansion. */
export interface ExpandedWord {
  value: MappedText;
  /** A note on the word as a whole, such as that a branch added it. */
  note?: Note | undefined;
  /** The offsets of its word with the quotes; absent if it came out of a variable. */
  wordSpan?: { from: number; to: number };
  /** Whether this is a placeholder for arguments that are given when the script or function is started: any number of them, usually none. */
  isOpen?: boolean;
}

/** The items of an array. Appending shares the items before, so that it takes no time for them. */
export interface ItemList {
  readonly before: ItemList | undefined;
  readonly own: readonly ExpandedWord[];
  readonly length: number;
}

/** Where a variable is assigned, as offsets in the file. */
export interface AssignmentSite {
  /** `NAME=value` with its quotes. */
  word: readonly [from: number, to: number];
  /** The whole statement, if it does nothing else. */
  statement?: readonly [from: number, to: number];
  /** Set for an entry of a YAML mapping. */
  style?: 'block' | 'flow';
}

/** The value of a variable. */
export type Variable =
  | { kind: 'text'; value: MappedText; note?: Note; exported?: boolean; site?: AssignmentSite; isInteger?: boolean }
  | { kind: 'array'; items: ItemList }
  | { kind: 'map'; entries: ReadonlyMap<string, ExpandedWord> }
  | { kind: 'reference'; name: string }
  | { kind: 'unset'; note?: Note }
  | { kind: 'unknown'; reason: string; exported?: boolean; site?: AssignmentSite };

/** A list of items, after those of another list. */
export const createItems = (own: readonly ExpandedWord[], before?: ItemList): ItemList => ({
  before,
  own,
  length: (before?.length ?? 0) + own.length,
});

/** All items of a list. */
export function allItems(list: ItemList, budget: Budget): readonly ExpandedWord[] {
  spend(budget, list.length);
  const lists: ItemList[] = [];
  for (let at: ItemList | undefined = list; at; at = at.before) lists.push(at);
  return lists.length === 1 ? list.own : lists.reverse().flatMap(({ own }) => own);
}

/** The items that were appended to a list since it was `before`; undefined if it does not start with it. */
export function appendedItems(list: ItemList, before: ItemList | undefined): readonly ExpandedWord[] | undefined {
  const lists: ItemList[] = [];
  let at: ItemList | undefined = list;
  for (; at && at !== before; at = at.before) lists.push(at);
  return at === before ? lists.reverse().flatMap(({ own }) => own) : undefined;
}

/** Variables by name. A table with a parent keeps its own changes only. */
export interface VariableTable {
  readonly parent: VariableTable | undefined;
  readonly depth: number;
  readonly changes: Map<string, Variable>;
}

/** A table that starts with the variables of `parent`. */
export const createTable = (parent?: VariableTable): VariableTable => ({
  parent,
  depth: (parent?.depth ?? 0) + 1,
  changes: new Map(),
});

/** The value of a name in a table; undefined if the script has not set it. */
export function getVariable(table: VariableTable, name: string, budget: Budget): Variable | undefined {
  spend(budget, table.depth >> 4);
  for (let at: VariableTable | undefined = table; at; at = at.parent) {
    const found = at.changes.get(name);
    if (found) return found;
  }
  return undefined;
}
