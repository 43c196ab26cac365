/** The values of Python expressions, as far as they are known, and their texts. */
import {
  joinNotes,
  joinTexts,
  mapSpans,
  noteOf,
  noteText,
  sliceText,
  unwrittenText,
  type MappedText,
  type Note,
} from '../mappedText';
import { pythonText } from '../pythonText';
import { spend, spendText, type Budget } from '../shell/budget';
import { createSpan, unknownText, type NodeRange, type ScriptSource } from '../shell/source';
import type { ExpandedWord } from '../shell/variables';
import type { PythonName, PythonNames } from './names';
import { childrenOf, type SyntaxNode } from './parser';

/** The value of an expression. */
export type PythonValue =
  | { kind: 'text'; value: MappedText }
  | { kind: 'scalar'; value: number | boolean | null; note?: Note | undefined }
  | { kind: 'list'; items: readonly PythonItem[]; isTuple?: boolean }
  | { kind: 'dict'; entries: readonly PythonEntry[] }
  | { kind: 'unknown'; reason: string };

/** A key with its value. Of two entries with the same key the last one counts. */
export interface PythonEntry {
  key: PythonItem;
  value: PythonItem;
  note?: Note | undefined;
}

/** An item of a list; `isSpread` marks a placeholder for items that are not known. */
export interface PythonItem {
  value: PythonValue;
  node: NodeRange;
  note?: Note | undefined;
  isSpread?: boolean;
}

/** What evaluating needs. */
export interface PythonContext {
  source: ScriptSource;
  names: PythonNames;
  budget: Budget;
  environment: Readonly<Record<string, string | undefined>>;
  lineOf(pos: number): number;
  /** The value of an expression. */
  evaluate(node: SyntaxNode): PythonValue;
  /** The names that are evaluated, to end where one is made of itself. */
  open: Set<PythonName>;
}

/** The offsets of a node. */
export const rangeOf = ({ from, to }: SyntaxNode): NodeRange => ({ pos: from, end: to });
/** The source of a node. */
export const textIn = ({ source }: PythonContext, { from, to }: SyntaxNode): string => source.text.slice(from, to);

/** A value that only a run can know. */
export function computed(context: PythonContext, node: SyntaxNode): PythonValue {
  const written = textIn(context, node).replace(/\s+/g, ' ');
  const shown = written.length > 40 ? `${written.slice(0, 40)}…` : written;
  return { kind: 'unknown', reason: `it is computed by Python at line ${context.lineOf(node.from)} (${shown})` };
}

/** The note on what depends on a statement. */
export const conditionNote = (context: PythonContext, condition: SyntaxNode | undefined): Note | undefined =>
  condition && {
    unresolvedReason: `it depends on the ${condition.name.replace(/Statement|Expression/, '').toLowerCase()} at line ${context.lineOf(condition.from)}`,
    isConditional: true,
  };

/** Python's own text of a value, as in an f-string; `isInner` for items of a list, where texts have quotes. */
export function toText(context: PythonContext, node: NodeRange, value: PythonValue, isInner = false): MappedText {
  switch (value.kind) {
    case 'text':
      return isInner ? joinTexts([unwrittenText("'"), value.value, unwrittenText("'")]) : value.value;
    case 'scalar':
      return mapSpans([
        createSpan(
          context.source,
          node,
          pythonText(value.value),
          value.note && { note: value.note, ownNote: value.note },
        ),
      ]);
    case 'list': {
      const items = value.items.map((item) => noteText(toText(context, item.node, item.value, true), item.note));
      const separated = items.flatMap((item, index) => (index > 0 ? [unwrittenText(', '), item] : [item]));
      return wrap(context, node, joinTexts([unwrittenText('['), ...separated, unwrittenText(']')]));
    }
    case 'dict': {
      const entries = value.entries.flatMap(({ key, value: inner }, index) => [
        ...(index > 0 ? [unwrittenText(', ')] : []),
        toText(context, key.node, key.value, true),
        unwrittenText(': '),
        toText(context, inner.node, inner.value, true),
      ]);
      return wrap(context, node, joinTexts([unwrittenText('{'), ...entries, unwrittenText('}')]));
    }
    case 'unknown':
      return unknownText(context.source, node, value.reason);
  }
}

/** The expansion of a node to a text that is written elsewhere. */
export function wrap(context: PythonContext, node: NodeRange, value: MappedText): MappedText {
  if (value.text === '') return value;
  spendText(context.budget, value.text.length);
  const note = noteOf(value);
  const isWritten = value.spans.every(({ to }) => to > 0);
  return mapSpans([
    createSpan(context.source, node, value.text, { ...(isWritten && { inner: value }), ...(note && { note }) }),
  ]);
}

/** The items of `[…]`, `(…)` or of a call's arguments, with those of `*lists`. Keyword arguments are left out. */
export function evaluateItems(context: PythonContext, node: SyntaxNode): PythonItem[] {
  const items: PythonItem[] = [];
  const children = childrenOf(node);
  children.forEach((child, index) => {
    if (/^[^\w]+$/.test(child.name) || child.name === 'AssignOp' || children[index + 1]?.name === 'AssignOp') return;
    if (children[index - 1]?.name === 'AssignOp' || children[index - 1]?.name === '**') return;
    const value = context.evaluate(child);
    if (children[index - 1]?.name !== '*') items.push({ value, node: rangeOf(child) });
    else if (value.kind === 'list') items.push(...value.items);
    else items.push({ value, node: rangeOf(child), isSpread: true });
  });
  spend(context.budget, items.length);
  return items;
}

/** The entries of a mapping, with those of `**mappings`; one that is not known is left out. */
export function evaluateEntries(context: PythonContext, node: SyntaxNode): PythonEntry[] {
  const children = childrenOf(node);
  const entries = children.flatMap((child, index): readonly PythonEntry[] => {
    const [key, value] = [children[index - 1], children[index + 1]];
    if (child.name === '**' && value) {
      const mapping = context.evaluate(value);
      return mapping.kind === 'dict' ? mapping.entries : [];
    }
    if (child.name !== ':' || !key || !value) return [];
    const item = (each: SyntaxNode): PythonItem => ({ value: context.evaluate(each), node: rangeOf(each) });
    return [{ key: item(key), value: item(value) }];
  });
  spend(context.budget, entries.length);
  return entries;
}

/** Puts values into the places of a format, one after the other. */
export function formatText(
  context: PythonContext,
  format: MappedText,
  values: readonly PythonItem[],
  place: RegExp,
): PythonValue {
  const texts: MappedText[] = [];
  let at = 0;
  let index = 0;
  for (const match of format.text.matchAll(new RegExp(place, 'g'))) {
    const item = values[index++];
    if (!item) break;
    texts.push(sliceText(format, at, match.index), toText(context, item.node, item.value));
    at = match.index + match[0].length;
  }
  return { kind: 'text', value: joinTexts([...texts, sliceText(format, at, format.text.length)]) };
}

/** Items of a list as arguments of a command. */
export function toWords(context: PythonContext, items: readonly PythonItem[]): ExpandedWord[] {
  spend(context.budget, 2 * items.length);
  return items.map(({ value, node, note }) => {
    const own = value.kind === 'unknown' ? { unresolvedReason: value.reason } : undefined;
    const combined = joinNotes([note, own]);
    return { value: toText(context, node, value), ...(combined && { note: combined }) };
  });
}
