/** Parses Python with the grammar of the Lezer project. */
import type { SyntaxNode } from '@lezer/common';

export type { SyntaxNode } from '@lezer/common';

/** Parses Python. What is no Python is skipped; never rejects. */
export async function parsePython(text: string): Promise<SyntaxNode> {
  const { parser } = await import('./grammar');
  return parser.parse(text).topNode;
}

/** The child nodes of a node, in order. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

const punctuation = /^[^\w]+$/;

/** The child nodes without brackets, commas and other punctuation. */
export const operandsOf = (node: SyntaxNode): SyntaxNode[] =>
  childrenOf(node).filter(({ name }) => !punctuation.test(name));
