/** Lays a query out as Prometheus does: on one line if it is short, else one line per argument, indented by two. */
import type { SyntaxNode, Tree } from '@lezer/common';
import { scanQuery } from './scanQuery';
import { childrenOf, depthOf, maxDepth, textOf } from './syntaxNodes';

const maxLineLength = 100;

/** Puts spaces where Prometheus puts them, on one line. Strings stay as they are. */
function normalizeSpaces(text: string): string {
  return scanQuery(text)
    .map(({ kind, from, to }) => {
      const span = text.slice(from, to);
      if (kind === 'string') return span;
      return span
        .replace(/\s+/g, ' ')
        .replace(/\s*,\s*/g, ', ')
        .replace(/([([{]) /g, '$1')
        .replace(/ ([)\]}])/g, '$1')
        .replace(/,(?= ?[)}])/g, '')
        .replace(/\b(by|without|on|ignoring|group_left|group_right) ?\(/gi, '$1 (')
        .replace(/(\w) ([[{])/g, '$1$2')
        .replace('{}', '');
    })
    .join('')
    .trim();
}

const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');

/** The node on one line: a space on either side of a binary operator, none elsewhere. */
function onOneLine(node: SyntaxNode, text: string): string {
  const children = childrenOf(node);
  const inner = (): string[] => children.map((child) => onOneLine(child, text));
  switch (node.name) {
    case 'BinaryExpr':
      return inner().join(' ');
    case 'AggregateExpr':
    case 'FunctionCall':
      return `${callHead(node, text)}(${argumentsOf(node)
        .map((argument) => onOneLine(argument, text))
        .join(', ')})`;
    case 'ParenExpr':
      return `(${inner().join('')})`;
    case 'OffsetExpr':
    case 'StepInvariantExpr':
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return withSuffix(node, text, onOneLine(children[0] ?? node, text));
    case 'UnaryExpr':
    case 'VectorSelector':
      return inner().join('');
    case 'LabelMatchers':
      return children.length === 0 ? '' : `{${children.map((child) => matcherText(child, text)).join(', ')}}`;
    default:
      return normalizeSpaces(textOf(node, text));
  }
}

/** `name="value"` without spaces. */
function matcherText(node: SyntaxNode, text: string): string {
  const children = childrenOf(node);
  return children.length > 1 ? children.map((child) => textOf(child, text)).join('') : textOf(node, text);
}

/** Adds what follows an expression: its range, `offset` or `@`. */
function withSuffix(node: SyntaxNode, text: string, expression: string): string {
  const suffix = normalizeSpaces(text.slice(node.firstChild?.to ?? node.from, node.to));
  return `${expression}${suffix.startsWith('[') ? suffix.replace(/\s*:\s*/, ':') : ` ${suffix}`}`;
}

/** The arguments of a function or an aggregation. */
function argumentsOf(call: SyntaxNode): SyntaxNode[] {
  const body = childrenOf(call).find(({ name }) => name === 'FunctionCallBody');
  return body ? childrenOf(body).filter(({ name }) => !/^[(),]$/.test(name)) : [];
}

/** What is before the arguments: `rate`, `sum by (le) `. A grouping that follows the arguments is moved before them. */
function callHead(node: SyntaxNode, text: string): string {
  const children = childrenOf(node);
  if (node.name === 'FunctionCall') return text.slice(node.from, children[0]?.to ?? node.from);
  const operator = children.find(({ name }) => name === 'AggregateOp');
  const modifier = children.find(({ name }) => name === 'AggregateModifier');
  const name = operator ? textOf(operator, text) : '';
  return modifier ? `${name} ${normalizeSpaces(textOf(modifier, text))} ` : name;
}

/** The node on one line if it fits, else on several. */
function layOut(node: SyntaxNode, text: string): string {
  const line = onOneLine(node, text);
  if (line.length <= maxLineLength) return line;
  const children = childrenOf(node);
  const block = (head: string, inside: readonly SyntaxNode[]): string =>
    `${head}(\n${inside.map((child) => indent(layOut(child, text))).join(',\n')}\n)`;
  switch (node.name) {
    case 'PromQL':
      return layOut(children[0] ?? node, text);
    case 'AggregateExpr':
    case 'FunctionCall':
      return block(callHead(node, text), argumentsOf(node));
    case 'ParenExpr': {
      const inside = children.filter(({ name }) => !/^[()]$/.test(name));
      return block('', inside);
    }
    case 'OffsetExpr':
    case 'StepInvariantExpr':
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return withSuffix(node, text, layOut(children[0] ?? node, text));
    case 'BinaryExpr': {
      const [left, right] = [children[0], children.at(-1)];
      if (!left || !right) return line;
      const operator = children.slice(1, -1).map((child) => onOneLine(child, text));
      return `${indent(layOut(left, text))}\n${operator.join(' ')}\n${indent(layOut(right, text))}`;
    }
    default:
      return line;
  }
}

/**
 * The query laid out. `tree` may be of a text of the same length in which variables are masked. Undefined if the query
 * is empty or nested too deeply, or if it has a comment inside: its place would be lost.
 */
export function prettify(tree: Tree, text: string): string | undefined {
  const [expression] = childrenOf(tree.topNode);
  if (!expression || depthOf(tree) > maxDepth) return undefined;
  const hasInnerComment = scanQuery(text).some(
    ({ kind, from, to }) => kind === 'comment' && from > expression.from && to < expression.to,
  );
  if (hasInnerComment) return undefined;
  const head = text.slice(0, expression.from).replace(/[ \t]+$/, '');
  return head + layOut(expression, text) + text.slice(expression.to).trimEnd();
}
