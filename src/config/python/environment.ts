/** Finds the environment variables that a Python program sets for the runs it starts. */
import { isTrackedVariable } from '../shell/environment';
import { noteText, unwrittenText } from '../mappedText';
import type { Variable } from '../shell/variables';
import { conditionOf } from './names';
import { operandsOf, type SyntaxNode } from './parser';
import { conditionNote, textIn, toText, rangeOf, type PythonContext } from './values';

/** The value that a variable of this name is given: `environ["N"] = v`, `{"N": v}`, `setdefault("N", v)`, `env(N=v)`. */
function assignedTo(node: SyntaxNode, context: PythonContext): SyntaxNode | undefined {
  const { parent } = node;
  const next = (each: SyntaxNode): SyntaxNode | undefined => each.nextSibling ?? undefined;
  if (!parent) return undefined;
  switch (parent.name) {
    case 'MemberExpression': {
      const statement = parent.parent;
      const isTarget = statement?.name === 'AssignStatement' && statement.firstChild?.from === parent.from;
      return isTarget ? operandsOf(statement).at(-1) : undefined;
    }
    case 'DictionaryExpression':
      return node.nextSibling?.name === ':' ? next(node.nextSibling) : undefined;
    case 'ArgList': {
      if (node.name === 'VariableName')
        return node.nextSibling?.name === 'AssignOp' ? next(node.nextSibling) : undefined;
      const [name, value] = operandsOf(parent);
      const isSetter = parent.prevSibling && /(?:\.setdefault|putenv)$/.test(textIn(context, parent.prevSibling));
      return isSetter && name?.from === node.from ? value : undefined;
    }
    default:
      return undefined;
  }
}

/** The variables that tell where metrics are, as far as a program sets them; one with two values is not known. */
export function collectEnvironment(root: SyntaxNode, context: PythonContext): ReadonlyMap<string, Variable> {
  const variables = new Map<string, Variable>();
  const visit = (node: SyntaxNode): void => {
    const text = textIn(context, node);
    const name = node.name === 'VariableName' ? text : text.slice(1, -1);
    const value = isTrackedVariable(name) ? assignedTo(node, context) : undefined;
    if (!value) return;
    const result = context.evaluate(value);
    const given =
      result.kind === 'scalar' ? unwrittenText(String(result.value)) : toText(context, rangeOf(value), result);
    const before = variables.get(name);
    const isOther = before?.kind === 'unknown' || (before?.kind === 'text' && before.value.text !== given.text);
    const note = conditionNote(context, conditionOf(node));
    variables.set(
      name,
      isOther
        ? { kind: 'unknown', reason: 'it is set in several places', exported: true }
        : { kind: 'text', value: noteText(given, note), exported: true },
    );
  };
  root.cursor().iterate((ref) => {
    if (ref.name === 'String' || ref.name === 'VariableName') visit(ref.node);
  });
  return variables;
}
