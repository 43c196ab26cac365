/** Reads the nodes of PromQL's syntax tree. */
import type { SyntaxNode, Tree } from '@lezer/common';
import { stringValue } from '../prometheus/promqlText';

/** The child nodes without comments, in the order of the text. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling)
    if (child.name !== 'LineComment') children.push(child);
  return children;
}

/** Deeper trees are not walked by recursion, which would end on the stack's limit. No query of a person is as deep. */
export const maxDepth = 500;

/** How many nodes lie within each other. */
export function depthOf(tree: Tree): number {
  let [depth, deepest] = [0, 0];
  tree.iterate({
    enter: () => {
      depth += 1;
      deepest = Math.max(deepest, depth);
    },
    leave: () => {
      depth -= 1;
    },
  });
  return deepest;
}

/** The text that a node covers. */
export const textOf = ({ from, to }: SyntaxNode, query: string): string => query.slice(from, to);

/** All nodes of a kind below a node, in the order of the text. */
export function descendantsOf(node: SyntaxNode, kind: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  node.cursor().iterate((at) => {
    if (at.name === kind) found.push(at.node);
  });
  return found.filter((one) => one.from !== node.from || one.to !== node.to || one.name !== node.name);
}

/** The nodes around a node, the innermost first. */
export function ancestorsOf(node: SyntaxNode): SyntaxNode[] {
  const ancestors: SyntaxNode[] = [];
  for (let parent = node.parent; parent; parent = parent.parent) ancestors.push(parent);
  return ancestors;
}

/** The name of the function or aggregation that a node calls; empty for other nodes. */
export function callNameOf(node: SyntaxNode, query: string): string {
  const name = node.getChild('FunctionIdentifier') ?? node.getChild('AggregateOp');
  return name ? textOf(name, query) : '';
}

/** The one name of a `VectorSelector`'s metric, also if it is in the braces. Undefined if it may have several. */
export function metricNameOf(selector: SyntaxNode, query: string): string | undefined {
  const identifier = selector.getChild('Identifier');
  if (identifier) return textOf(identifier, query);
  const matchers = selector.getChild('LabelMatchers');
  const literal =
    matchers?.getChild('QuotedLabelName')?.getChild('StringLiteral') ??
    matchers
      ?.getChildren('UnquotedLabelMatcher')
      .find(
        (matcher) =>
          matcher.getChild('MatchOp')?.getChild('EqlSingle') && isNameLabel(matcher.getChild('LabelName'), query),
      )
      ?.getChild('StringLiteral');
  return literal ? stringValue(textOf(literal, query)) : undefined;
}

const isNameLabel = (label: SyntaxNode | null, query: string): boolean =>
  label !== null && textOf(label, query) === '__name__';
