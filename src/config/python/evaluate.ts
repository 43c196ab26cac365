/** Evaluates Python expressions that are made of literals and constants; what is computed is not known. */
import { joinNotes, joinTexts, type MappedText, type Note } from '../mappedText';
import { spend } from '../shell/budget';
import { unknownText, type NodeRange } from '../shell/source';
import { evaluateCall } from './calls';
import { conditionOf, resolveName, type Addition } from './names';
import { operandsOf, type SyntaxNode } from './parser';
import { readString } from './strings';
import {
  computed,
  conditionNote,
  evaluateEntries,
  evaluateItems,
  formatText,
  rangeOf,
  textIn,
  toText,
  wrap,
  type PythonContext,
  type PythonEntry,
  type PythonItem,
  type PythonValue,
} from './values';

function evaluateName(context: PythonContext, node: SyntaxNode): PythonValue {
  const name = resolveName(context.names, node, textIn(context, node));
  const [value, ...others] = name?.values ?? [];
  if (!name || context.open.has(name)) return computed(context, node);
  context.open.add(name);
  const isConstant = value !== undefined && others.length === 0 && !name.isComputed && !conditionOf(value);
  let result = isConstant ? evaluate(context, value) : computed(context, node);
  const from = others.at(-1)?.from ?? 0;
  for (const addition of name.additions) {
    const { value: added, isOneItem, condition, key } = addition;
    if (added.from < from) continue;
    if (key) {
      result = setEntry(context, result, { ...addition, key });
      continue;
    }
    const next = evaluate(context, added);
    // A list whose first items are not known is one all the same.
    if (result.kind === 'unknown' && (isOneItem || next.kind === 'list'))
      result = { kind: 'list', items: [{ value: result, node: rangeOf(node), isSpread: true }] };
    const note = conditionNote(context, condition);
    if (result.kind === 'list') result = addItems(result.items, next, { isOneItem, note, node: rangeOf(added) });
    else if (result.kind === 'dict')
      result =
        next.kind === 'dict'
          ? { kind: 'dict', entries: [...result.entries, ...withNote(next.entries, note)] }
          : setEntry(context, result, { ...addition, key: added });
    else if (result.kind === 'text' && next.kind === 'text' && !condition)
      result = { kind: 'text', value: joinTexts([result.value, next.value]) };
    else result = computed(context, node);
  }
  context.open.delete(name);
  if (result.kind === 'list') spend(context.budget, result.items.length);
  if (result.kind === 'dict') spend(context.budget, result.entries.length);
  return result.kind === 'text' ? { kind: 'text', value: wrap(context, rangeOf(node), result.value) } : result;
}

const withNote = <Item extends { note?: Note | undefined }>(items: readonly Item[], note: Note | undefined): Item[] =>
  items.map((item) => (note ? { ...item, note: joinNotes([item.note, note]) } : item));

/** A mapping or list after `name[key] = value`, or after an entry was removed. What was there before stays, and is not known. */
function setEntry(
  context: PythonContext,
  before: PythonValue,
  { key, value: added, condition, isRemoved = false }: Addition & { key: SyntaxNode },
): PythonValue {
  const { length } = before.kind === 'dict' ? before.entries : before.kind === 'list' ? before.items : [];
  spend(context.budget, 1 + (length >> 6));
  const item = (each: SyntaxNode): PythonItem => ({ value: evaluate(context, each), node: rangeOf(each) });
  const note = conditionNote(context, condition);
  const line = context.lineOf(added.from);
  const [at, changed] = [
    item(key),
    { unresolvedReason: `it is ${isRemoved ? 'removed' : 'replaced'} at line ${line}` },
  ];
  if (before.kind === 'dict') {
    const { value } = at;
    const isSame = (entry: PythonEntry): boolean =>
      value.kind === 'text' && entry.key.value.kind === 'text' && entry.key.value.value.text === value.value.text;
    return isRemoved
      ? {
          kind: 'dict',
          entries: before.entries.map((each) => (isSame(each) ? withNote([each], changed) : [each])).flat(),
        }
      : { kind: 'dict', entries: [...before.entries, { key: at, value: item(added), note }] };
  }
  if (before.kind !== 'list') return before;
  const index = at.value.kind === 'scalar' ? Number(at.value.value) : NaN;
  const items = before.items.map((each, position) =>
    position === index && !before.items.slice(0, position).some(({ isSpread }) => isSpread)
      ? { ...each, note: joinNotes([each.note, changed]) }
      : each,
  );
  return isRemoved
    ? { ...before, items }
    : addItems(items, evaluate(context, added), { isOneItem: true, note, node: rangeOf(added) });
}

function addItems(
  before: readonly PythonItem[],
  next: PythonValue,
  { isOneItem, note, node }: { isOneItem: boolean; note: Note | undefined; node: NodeRange },
): PythonValue {
  const added: readonly PythonItem[] = isOneItem
    ? [{ value: next, node }]
    : next.kind === 'list'
      ? next.items
      : [{ value: next, node, isSpread: true }];
  return { kind: 'list', items: [...before, ...withNote(added, note)] };
}

const operations: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '//': (left, right) => Math.floor(left / right),
  '%': (left, right) => left - right * Math.floor(left / right),
};

function evaluateBinary(context: PythonContext, node: SyntaxNode): PythonValue {
  const [left, right] = operandsOf(node).filter(({ name }) => name !== 'ArithOp');
  const operator = textIn(context, node.getChild('ArithOp') ?? node);
  if (!left || !right) return computed(context, node);
  const [one, other] = [evaluate(context, left), evaluate(context, right)];
  if (one.kind === 'text' && operator === '+')
    return other.kind === 'text' || other.kind === 'unknown'
      ? { kind: 'text', value: joinTexts([one.value, toText(context, rangeOf(right), other)]) }
      : computed(context, node);
  if (one.kind === 'list' && operator === '+')
    return addItems(one.items, other, { isOneItem: false, note: undefined, node: rangeOf(right) });
  if (one.kind === 'unknown' && other.kind === 'list' && operator === '+')
    return { kind: 'list', items: [{ value: one, node: rangeOf(left), isSpread: true }, ...other.items] };
  if (one.kind === 'text' && operator === '%')
    return formatText(
      context,
      one.value,
      other.kind === 'list' && other.isTuple === true ? other.items : [{ value: other, node: rangeOf(right) }],
      /%[sd]/,
    );
  if (
    one.kind !== 'scalar' ||
    other.kind !== 'scalar' ||
    typeof one.value !== 'number' ||
    typeof other.value !== 'number'
  )
    return computed(context, node);
  const result = operations[operator]?.(one.value, other.value);
  return result !== undefined && Number.isFinite(result)
    ? { kind: 'scalar', value: result, note: joinNotes([one.note, other.note]) }
    : computed(context, node);
}

/** A literal number, a constant word, or undefined. */
function literal(name: string, text: string): PythonValue | undefined {
  if (name === 'Number') {
    const value = Number(text.replaceAll('_', ''));
    return Number.isFinite(value) ? { kind: 'scalar', value } : undefined;
  }
  if (name === 'Boolean') return { kind: 'scalar', value: text === 'True' };
  return name === 'None' ? { kind: 'scalar', value: null } : undefined;
}

/** The value of an expression. */
export function evaluate(context: PythonContext, node: SyntaxNode): PythonValue {
  spend(context.budget, 1);
  const constant = literal(node.name, textIn(context, node));
  if (constant) return constant;
  switch (node.name) {
    case 'String':
    case 'FormatString':
      return { kind: 'text', value: readString(context.source, node, (replacement) => replace(context, replacement)) };
    case 'ContinuedString':
      return {
        kind: 'text',
        value: joinTexts(operandsOf(node).map((each) => toText(context, rangeOf(each), evaluate(context, each)))),
      };
    case 'VariableName':
      return evaluateName(context, node);
    case 'ParenthesizedExpression': {
      const [inner] = operandsOf(node);
      return inner ? evaluate(context, inner) : computed(context, node);
    }
    case 'ArrayExpression':
    case 'TupleExpression':
      return { kind: 'list', items: evaluateItems(context, node), isTuple: node.name === 'TupleExpression' };
    case 'DictionaryExpression':
      return { kind: 'dict', entries: evaluateEntries(context, node) };
    case 'BinaryExpression':
      return evaluateBinary(context, node);
    case 'UnaryExpression': {
      const [operand] = operandsOf(node).filter(({ name }) => name !== 'ArithOp');
      const value = operand && evaluate(context, operand);
      const isNegative = textIn(context, node).startsWith('-');
      return value?.kind === 'scalar' && typeof value.value === 'number'
        ? { ...value, value: isNegative ? -value.value : value.value }
        : computed(context, node);
    }
    case 'CallExpression':
    case 'MemberExpression':
      return evaluateCall(context, node);
    default:
      return computed(context, node);
  }
}

/** What is in the braces of an f-string. */
function replace(context: PythonContext, node: SyntaxNode): MappedText {
  const [expression] = operandsOf(node);
  const isPlain = !node.getChild('FormatSpec') && !node.getChild('FormatConversion') && !node.getChild('FormatSelfDoc');
  if (!expression || !isPlain)
    return unknownText(context.source, rangeOf(node), `it is formatted by Python at line ${context.lineOf(node.from)}`);
  return wrap(context, rangeOf(node), toText(context, rangeOf(node), evaluate(context, expression)));
}
