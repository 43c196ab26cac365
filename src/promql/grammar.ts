/** A query as an editor state and a syntax tree, by Prometheus's own grammar. */
import { ensureSyntaxTree, syntaxTree } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import type { Tree } from '@lezer/common';
import { LanguageType, promQLLanguage } from '@prometheus-io/codemirror-promql';

const language = promQLLanguage(LanguageType.PromQL);
/** Far more than any query needs: a tree that ends early would report errors that are none. */
const parseTimeoutMs = 5000;

/** Parses the whole text. Variables must be masked (`maskVariables`): the grammar does not know them. */
export function parseQuery(text: string): { state: EditorState; tree: Tree } {
  // Without a separator a state counts CR LF as one character, and offsets would not be those of the text.
  const initial = EditorState.create({ doc: text, extensions: [language, EditorState.lineSeparator.of('\n')] });
  ensureSyntaxTree(initial, text.length, parseTimeoutMs);
  // A state keeps the tree it was created with, which may be incomplete; its successor has what was parsed since.
  const { state } = initial.update({});
  return { state, tree: syntaxTree(state) };
}
