/** Lays a query out in Prometheus's own way: in one line while it is short, else a line for each part, indented by two. */
import type { SyntaxNode, Tree } from '@lezer/common';
import { scanQuery } from './scanQuery';

const widest = 100;

interface QueryText {
  text: string;
}

const children = (node: SyntaxNode): SyntaxNode[] => {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
};

/** One line, spaces as Prometheus puts them. */
function flat(text: string): string {
  return scanQuery(text)
    .map(({ kind, from, to }) => {
      const part = text.slice(from, to);
      if (kind === 'string') return part;
      return part
        .replace(/\s+/g, ' ')
        .replace(/\s*,\s*/g, ', ')
        .replace(/([([{]) /g, '$1')
        .replace(/ ([)\]}])/g, '$1')
        .replace(/,(?= ?[)}])/g, '')
        .replace(/\b(by|without|on|ignoring|group_left|group_right) ?\(/gi, '$1 (')
        .replace(/(\w) ([[{])/g, '$1$2');
    })
    .join('')
    .replace(/\{,? ?\}/g, '')
    .replace(/, (?=[}\])])/g, '')
    .trim();
}

const oneLine = (node: SyntaxNode, source: QueryText): string => flatNode(node, source);
const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');

/** The node in one line, by its parts: operators with a space on either side, none elsewhere. */
function flatNode(node: SyntaxNode, source: QueryText): string {
  const text = source.text.slice(node.from, node.to);
  const parts = children(node);
  switch (node.name) {
    case 'BinaryExpr':
      return parts.map((part) => flatNode(part, source)).join(' ');
    case 'AggregateExpr':
      return (
        aggregateHead(node, source) +
        bodyOf(
          parts.find(({ name }) => name === 'FunctionCallBody'),
          source,
        )
      );
    case 'FunctionCall':
      return `${source.text.slice(node.from, parts[0]?.to ?? node.from)}${bodyOf(
        parts.find(({ name }) => name === 'FunctionCallBody'),
        source,
      )}`;
    case 'ParenExpr':
      return `(${parts.map((part) => flatNode(part, source)).join('')})`;
    case 'OffsetExpr':
    case 'StepInvariantExpr':
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return withSuffix(node, source, flatNode(parts[0] ?? node, source));
    case 'UnaryExpr':
      return parts.map((part) => flatNode(part, source)).join('');
    case 'LabelMatchers':
      return `{${parts.map((part) => matcher(part, source)).join(', ')}}`.replace('{}', '');
    case 'VectorSelector':
      return parts.map((part) => flatNode(part, source)).join('');
    default:
      return flat(text);
  }
}

/** `name = "value"` without its spaces. */
const matcher = (node: SyntaxNode, source: QueryText): string =>
  children(node).length > 1
    ? children(node)
        .map((part) => source.text.slice(part.from, part.to))
        .join('')
    : source.text.slice(node.from, node.to);

/** What follows an expression as a suffix: its range, its offset, its moment. */
function withSuffix(node: SyntaxNode, source: QueryText, inner: string): string {
  const first = node.firstChild;
  const rest = flat(source.text.slice(first?.to ?? node.from, node.to));
  return `${inner}${rest.startsWith('[') ? rest.replace(/\s*:\s*/, ':') : ` ${rest}`}`;
}

const argumentsOf = (body: SyntaxNode | undefined): SyntaxNode[] =>
  body ? children(body).filter(({ name }) => !/^[(),]$/.test(name)) : [];
const bodyOf = (body: SyntaxNode | undefined, source: QueryText): string =>
  `(${argumentsOf(body)
    .map((part) => flatNode(part, source))
    .join(', ')})`;

/** `sum by (le) `, also where the grouping was written behind. */
function aggregateHead(node: SyntaxNode, source: QueryText): string {
  const parts = children(node);
  const op = parts.find(({ name }) => name === 'AggregateOp');
  const modifier = parts.find(({ name }) => name === 'AggregateModifier');
  const name = op ? source.text.slice(op.from, op.to) : '';
  return modifier ? `${name} ${flat(source.text.slice(modifier.from, modifier.to))} ` : name;
}

function layOut(node: SyntaxNode, source: QueryText): string {
  const line = oneLine(node, source);
  if (line.length <= widest) return line;
  const parts = children(node);
  const body = parts.find(({ name }) => name === 'FunctionCallBody');
  const block = (head: string, inside: readonly SyntaxNode[]): string =>
    `${head}(\n${inside.map((part) => indent(layOut(part, source))).join(',\n')}\n)`;
  switch (node.name) {
    case 'PromQL':
      return layOut(parts[0] ?? node, source);
    case 'AggregateExpr':
      return block(aggregateHead(node, source), argumentsOf(body));
    case 'FunctionCall':
      return block(source.text.slice(node.from, parts[0]?.to ?? node.from), argumentsOf(body));
    case 'ParenExpr':
      return block(
        '',
        parts.filter(({ name }) => !/^[()]$/.test(name)),
      );
    case 'OffsetExpr':
    case 'StepInvariantExpr':
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return withSuffix(node, source, layOut(parts[0] ?? node, source));
    case 'BinaryExpr': {
      const [left, right] = [parts[0], parts.at(-1)];
      const middle = parts
        .slice(1, -1)
        .map((part) => flatNode(part, source))
        .join(' ');
      return left && right ? `${indent(layOut(left, source))}\n${middle}\n${indent(layOut(right, source))}` : line;
    }
    default:
      return line;
  }
}

/** `tree` may be of a text of the same length with the variables masked. Comments between parts cannot be placed: then nothing is laid out. */
export function prettify(tree: Tree, text: string): string | undefined {
  const query = tree.topNode.firstChild;
  const expression = query && children(tree.topNode).find(({ name }) => name !== 'LineComment');
  if (!expression) return undefined;
  const inside = scanQuery(text).some(
    ({ kind, from, to }) => kind === 'comment' && from > expression.from && to < expression.to,
  );
  if (inside) return undefined;
  return (
    text.slice(0, expression.from).replace(/[ \t]+$/, '') +
    layOut(expression, { text }) +
    text.slice(expression.to).trimEnd()
  );
}
