/** Evaluates the few calls that people write around overrides: `str(n)`, `"…".format(n)`, `",".join(list)`, `os.environ.get(…)`. */
import { joinNotes, joinTexts, noteOf, unwrittenText, type Note } from '../mappedText';
import { isShellVariable } from '../shell/lookUp';
import { splitText } from '../shell/splitText';
import { operandsOf, type SyntaxNode } from './parser';
import {
  computed,
  evaluateItems,
  formatText,
  rangeOf,
  textIn,
  toText,
  type PythonContext,
  type PythonItem,
  type PythonValue,
} from './values';

/** The argument lists of a call as values. */
type Call = (context: PythonContext, node: SyntaxNode, args: readonly PythonItem[]) => PythonValue;

/** `os.environ.get("NAME", default)`, `os.getenv(…)` and `os.environ["NAME"]`. */
function environmentValue(
  context: PythonContext,
  node: SyntaxNode,
  [name, fallback]: readonly PythonItem[],
): PythonValue {
  if (name?.value.kind !== 'text') return computed(context, node);
  const key = name.value.value.text;
  const value = Object.hasOwn(context.environment, key) ? context.environment[key] : undefined;
  if (isShellVariable(key)) return { kind: 'unknown', reason: `it is known only when the run starts (${key})` };
  if (value !== undefined) return { kind: 'text', value: unwrittenText(value, { fromEnvironment: [key] }) };
  const note: Note = { environmentDefaults: [key] };
  if (fallback?.value.kind === 'text')
    return { kind: 'text', value: joinTexts([unwrittenText('', note), fallback.value.value]) };
  if (fallback?.value.kind === 'scalar') return { ...fallback.value, note: joinNotes([fallback.value.note, note]) };
  return { kind: 'unknown', reason: `the environment variable ${key} is not set in VS Code's environment` };
}

/** `int("4")`, `float(x)`. */
const toNumber: Call = (context, node, [argument]) => {
  if (argument?.value.kind === 'scalar') return argument.value;
  if (argument?.value.kind !== 'text') return computed(context, node);
  const { value } = argument.value;
  const note = noteOf(value);
  const number = Number(value.text);
  return note?.unresolvedReason === undefined && value.text.trim() !== '' && Number.isFinite(number)
    ? { kind: 'scalar', value: number, note }
    : computed(context, node);
};

const calls: Readonly<Record<string, Call>> = {
  str: (context, node, [argument]) =>
    argument ? { kind: 'text', value: toText(context, argument.node, argument.value) } : computed(context, node),
  int: toNumber,
  float: toNumber,
  list: (context, node, [argument]) => (argument?.value.kind === 'list' ? argument.value : computed(context, node)),
  tuple: (context, node, [argument]) => (argument?.value.kind === 'list' ? argument.value : computed(context, node)),
  len: (context, node, [argument]) =>
    argument?.value.kind === 'list' && argument.value.items.every(({ isSpread }) => isSpread !== true)
      ? { kind: 'scalar', value: argument.value.items.length }
      : computed(context, node),
  'os.environ.get': environmentValue,
  'os.getenv': environmentValue,
  'environ.get': environmentValue,
  getenv: environmentValue,
  'textwrap.dedent': (context, node, [argument]) =>
    argument?.value.kind === 'text' ? argument.value : computed(context, node),
  dedent: (context, node, [argument]) => (argument?.value.kind === 'text' ? argument.value : computed(context, node)),
  'shlex.split': (context, node, [argument]) =>
    argument?.value.kind === 'text'
      ? {
          kind: 'list',
          items: splitText(argument.value.value, ' \t\n').pieces.map((value) => ({
            value: { kind: 'text', value },
            node: argument.node,
          })),
        }
      : computed(context, node),
};

/** Methods of texts, given the text. */
const methods: Readonly<
  Record<
    string,
    (
      context: PythonContext,
      node: SyntaxNode,
      target: Extract<PythonValue, { kind: 'text' }>,
      args: readonly PythonItem[],
    ) => PythonValue
  >
> = {
  format: (context, _node, { value }, args) => formatText(context, value, args, /\{\d?\}/),
  strip: (_context, _node, target) => target,
  split: (context, node, { value }, args) =>
    args.length === 0
      ? {
          kind: 'list',
          items: splitText(value, ' \t\n').pieces.map((piece) => ({
            value: { kind: 'text', value: piece },
            node: rangeOf(node),
          })),
        }
      : computed(context, node),
  join: (context, node, { value }, [argument]) => {
    if (argument?.value.kind !== 'list') return computed(context, node);
    const texts = argument.value.items.map((item) => toText(context, item.node, item.value));
    return { kind: 'text', value: joinTexts(texts.flatMap((text, index) => (index > 0 ? [value, text] : [text]))) };
  },
};

/** The value of a call, or of `os.environ["NAME"]`. */
export function evaluateCall(context: PythonContext, node: SyntaxNode): PythonValue {
  if (node.name === 'MemberExpression') {
    const [target, index] = operandsOf(node);
    const isEnvironment = target && /^(?:os\.)?environ$/.test(textIn(context, target));
    return isEnvironment && index
      ? environmentValue(context, node, [{ value: context.evaluate(index), node: rangeOf(index) }])
      : computed(context, node);
  }
  const [callee, argList] = operandsOf(node);
  if (!callee || argList?.name !== 'ArgList') return computed(context, node);
  const args = evaluateItems(context, argList);
  const name = textIn(context, callee);
  if (Object.hasOwn(calls, name)) return calls[name]?.(context, node, args) ?? computed(context, node);
  const [target, property] = callee.name === 'MemberExpression' ? operandsOf(callee) : [];
  const method = property ? textIn(context, property) : '';
  const value = target && Object.hasOwn(methods, method) ? context.evaluate(target) : undefined;
  return value?.kind === 'text'
    ? (methods[method]?.(context, node, value, args) ?? computed(context, node))
    : computed(context, node);
}
