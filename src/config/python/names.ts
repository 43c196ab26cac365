/** Finds what the names of a Python file are: constants, lists and mappings that are changed, parameters. */
import { childrenOf, operandsOf, type SyntaxNode } from './parser';

/** What is added to a list or mapping after it is made, or taken from it, in the order of the file. */
export interface Addition {
  /** The items, or the one item of `append`; of an entry that is removed the call. */
  value: SyntaxNode;
  isOneItem: boolean;
  /** The key or index in `name[key] = value`, or of an entry that is removed. */
  key?: SyntaxNode;
  isRemoved?: boolean;
  /** The line of the `if` or loop that it depends on. */
  condition: SyntaxNode | undefined;
}

/** A name in a scope. */
export interface PythonName {
  values: SyntaxNode[];
  additions: Addition[];
  /** Set if its value is not a constant: a parameter, a loop's variable, or assigned in a way that is not read. */
  isComputed: boolean;
}

/** Names by scope: the node of a function, or the file. */
export type PythonNames = ReadonlyMap<number, ReadonlyMap<string, PythonName>>;

const scopes = new Set(['FunctionDefinition', 'LambdaExpression', 'ClassDefinition', 'Script']);
const conditions = new Set([
  'IfStatement',
  'ForStatement',
  'WhileStatement',
  'TryStatement',
  'MatchStatement',
  'ConditionalExpression',
]);

/** The scope that a node is in. */
export function scopeOf(node: SyntaxNode): SyntaxNode {
  let at = node.parent;
  while (at && !scopes.has(at.name)) at = at.parent;
  return at ?? node;
}

/** The statement that decides whether a node is reached within its scope. */
export function conditionOf(node: SyntaxNode): SyntaxNode | undefined {
  for (let at = node.parent; at && !scopes.has(at.name); at = at.parent) if (conditions.has(at.name)) return at;
  return undefined;
}

/** Collects the names of a file. */
export function collectNames(root: SyntaxNode, text: string): PythonNames {
  const names = new Map<number, Map<string, PythonName>>();
  const nameIn = (scope: SyntaxNode, name: string): PythonName => {
    const own = names.get(scope.from) ?? new Map<string, PythonName>();
    names.set(scope.from, own);
    const found = own.get(name) ?? { values: [], additions: [], isComputed: false };
    own.set(name, found);
    return found;
  };
  const textOf = ({ from, to }: SyntaxNode): string => text.slice(from, to);

  const assign = (node: SyntaxNode): void => {
    const children = childrenOf(node);
    const at = children.findIndex(({ name }) => name === 'AssignOp');
    const targets = children.slice(0, at).filter(({ name }) => name === 'VariableName' || name.endsWith('Expression'));
    const values = children.slice(at + 1).filter(({ name }) => name !== ',' && name !== 'AssignOp');
    const [target, ...otherTargets] = targets;
    const [value, ...otherValues] = values;
    const scope = scopeOf(node);
    if (target?.name === 'VariableName' && otherTargets.length === 0 && value && otherValues.length === 0)
      nameIn(scope, textOf(target)).values.push(value);
    else if (target?.name === 'MemberExpression' && otherTargets.length === 0 && value && otherValues.length === 0)
      setEntry(target, value);
    else
      for (const each of targets)
        for (const inner of each.name === 'VariableName' ? [each] : each.getChildren('VariableName'))
          if (each.name !== 'MemberExpression') nameIn(scope, textOf(inner)).isComputed = true;
  };
  const add = (name: SyntaxNode, addition: Omit<Addition, 'condition'>): void => {
    nameIn(scopeOf(name), textOf(name)).additions.push({ ...addition, condition: conditionOf(name) });
  };
  /** The name and the key of `name[key]`. A slice is no key, and its list is not followed. */
  const entryOf = (member: SyntaxNode): readonly [name: SyntaxNode, key: SyntaxNode] | undefined => {
    const [name, key, ...others] = operandsOf(member);
    if (name?.name !== 'VariableName' || !key || key.name === 'PropertyName') return undefined;
    if (others.length === 0 && !member.getChild(':')) return [name, key];
    nameIn(scopeOf(name), textOf(name)).isComputed = true;
    return undefined;
  };
  const setEntry = (member: SyntaxNode, value: SyntaxNode): void => {
    const [name, key] = entryOf(member) ?? [];
    if (name && key) add(name, { value, isOneItem: true, key });
  };
  const update = (node: SyntaxNode): void => {
    const [target, value] = operandsOf(node).filter(({ name }) => name !== 'UpdateOp');
    if (target?.name === 'VariableName' && value && /^\S+\s*[+|]=/.test(textOf(node)))
      add(target, { value, isOneItem: false });
    else if (target?.name === 'VariableName') nameIn(scopeOf(node), textOf(target)).isComputed = true;
  };
  const call = (node: SyntaxNode): void => {
    const member = node.getChild('MemberExpression');
    const [target, property] = member ? operandsOf(member) : [];
    const [argument] = operandsOf(node.getChild('ArgList') ?? node);
    if (target?.name !== 'VariableName' || !property || !argument) return;
    const method = textOf(property);
    if (/^(?:append|extend|update)$/.test(method)) add(target, { value: argument, isOneItem: method === 'append' });
    else if (method === 'pop' && /String$/.test(argument.name))
      add(target, { value: node, isOneItem: true, key: argument, isRemoved: true });
    else if (/^(?:insert|pop|remove|clear|reverse|sort)$/.test(method))
      nameIn(scopeOf(node), textOf(target)).isComputed = true;
  };
  const handlers: Readonly<Record<string, (node: SyntaxNode) => void>> = {
    AssignStatement: assign,
    UpdateStatement: update,
    CallExpression: call,
    DeleteStatement: (node) => {
      for (const member of node.getChildren('MemberExpression')) {
        const [name, key] = entryOf(member) ?? [];
        if (name && key) add(name, { value: node, isOneItem: true, key, isRemoved: true });
      }
    },
    ForStatement: (node) => {
      const variable = node.getChild('VariableName');
      if (variable) nameIn(scopeOf(node), textOf(variable)).isComputed = true;
    },
    ParamList: (node) => {
      for (const parameter of node.getChildren('VariableName'))
        nameIn(scopeOf(parameter), textOf(parameter)).isComputed = true;
    },
  };
  root.cursor().iterate((ref) => {
    handlers[ref.name]?.(ref.node);
  });
  return names;
}

/** The name that a variable refers to: of its function, else of the file. */
export function resolveName(names: PythonNames, node: SyntaxNode, name: string): PythonName | undefined {
  for (let scope = scopeOf(node); ; scope = scopeOf(scope)) {
    const found = names.get(scope.from)?.get(name);
    if (found) return found;
    if (!scope.parent) return undefined;
  }
}
