/** Completion items of scratchpads: variables and units, snippets, and what the grammar suggests. */
import * as vscode from 'vscode';
import type { CatalogRow } from '../../metrics/catalog';
import type { Reporter } from '../../metrics/spellPromql';
import { extraCompletions } from '../../promql/extraCompletions';
import { functionDoc, signatureText } from '../../promql/functions';
import type { Suggestion } from '../../promql/language';
import { snippetsFor } from '../../promql/snippets';
import { rangeInBlock, type BlockPosition } from './blockPosition';
import { helpMarkdown } from './promqlMarkdown';
import { promqlLanguageId } from './promqlLanguageId';

const kinds: Record<Suggestion['kind'], vscode.CompletionItemKind> = {
  metric: vscode.CompletionItemKind.Field,
  label: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.Value,
  function: vscode.CompletionItemKind.Function,
  aggregation: vscode.CompletionItemKind.Keyword,
  operator: vscode.CompletionItemKind.Operator,
};

/** Variables come first with `0`, then snippets with `1`, metrics, and functions. */
const sortPrefixes: Record<Suggestion['kind'], string> = {
  metric: '2',
  label: '2',
  value: '2',
  aggregation: '3',
  function: '4',
  operator: '5',
};

/** Variables and units of durations, where they are possible; then nothing else is. */
export function extraItems(document: vscode.TextDocument, { block, at }: BlockPosition): vscode.CompletionItem[] {
  return extraCompletions(block.text, at).map(({ label, detail, from, to }, index) => {
    const item = new vscode.CompletionItem(
      { label, description: detail },
      label.startsWith('$') ? vscode.CompletionItemKind.Variable : vscode.CompletionItemKind.Unit,
    );
    item.range = rangeInBlock(document, block.offset, { from, to });
    item.filterText = label;
    item.sortText = `0${index}`;
    return item;
  });
}

/** Whole queries of the catalog and of `others` in the names of a reporter, which replace the words typed so far. */
export function snippetItems(
  document: vscode.TextDocument,
  position: vscode.Position,
  reporter: Reporter,
  others: readonly CatalogRow[],
): vscode.CompletionItem[] {
  const words = document.getWordRangeAtPosition(position, /[\w ]+/)?.with(undefined, position);
  const typed = words && document.getText(words).trimStart();
  const range =
    words && typed !== undefined
      ? new vscode.Range(words.end.translate(0, -typed.length), words.end)
      : new vscode.Range(position, position);
  return snippetsFor(reporter, others).map(({ label, detail, help, query }, index) => {
    const item = new vscode.CompletionItem({ label, description: detail }, vscode.CompletionItemKind.Snippet);
    item.range = range;
    item.insertText = query;
    item.documentation = helpMarkdown(help).appendCodeblock(query, promqlLanguageId);
    item.sortText = `1${String(index).padStart(4, '0')}`;
    return item;
  });
}

/** A suggestion of the grammar; a function brings its parentheses, unless they follow already. */
export function suggestionItem(
  document: vscode.TextDocument,
  blockOffset: number,
  suggestion: Suggestion,
): vscode.CompletionItem {
  const { label, kind, detail, help, insert } = suggestion;
  const range = rangeInBlock(document, blockOffset, suggestion);
  const item = new vscode.CompletionItem({ label, ...(detail !== undefined && { description: detail }) }, kinds[kind]);
  item.range = range;
  item.filterText = label;
  item.sortText = `${sortPrefixes[kind]}${label}`;
  if (insert !== undefined) item.insertText = insert;
  const doc = kind === 'function' || kind === 'aggregation' ? functionDoc(label) : undefined;
  if (doc) {
    item.detail = signatureText(doc);
    item.documentation = helpMarkdown(doc.help);
    const nextCharacter = document.getText(new vscode.Range(range.end, range.end.translate(0, 1)));
    if (nextCharacter !== '(')
      item.insertText = new vscode.SnippetString(doc.parameters.length === 0 ? `${label}()` : `${label}($0)`);
  } else if (help !== undefined && help !== '') {
    item.documentation = helpMarkdown(help);
  }
  return item;
}
