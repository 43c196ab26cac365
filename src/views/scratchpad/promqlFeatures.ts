/** PromQL's language features: completion, hover, signatures, formatting. The grammar is loaded at the first of them. */
import * as vscode from 'vscode';
import { blocksOf, type QueryBlock } from '../../promql/queryBlocks';
import { extraCompletions } from '../../promql/extraCompletions';
import { functionDoc, keywordHelp, signatureText } from '../../promql/functions';
import type { Suggestion } from '../../promql/language';
import { metadataOfName, maxCountedSeries } from '../../promql/nameLookup';
import { beginsQuery, querySnippets } from '../../promql/snippets';
import { callAt, wordUnder, type QueryWord } from '../../promql/queryWords';
import { substitute, usesOf } from '../../promql/variables';
import type { PromqlNames } from './promqlNames';
import { promqlLanguageId, type Scratchpads } from './scratchpads';

export const loadLanguage = (): Promise<typeof import('../../promql/language')> => import('../../promql/language');

/** A position as a block and an offset in its text; on a blank line a block without text begins there. */
function locate(
  document: vscode.TextDocument,
  position: vscode.Position,
): { block: Pick<QueryBlock, 'offset' | 'text'>; at: number } {
  const block = blocksOf(document.getText()).find(
    ({ startLine, endLine }) => startLine <= position.line && position.line <= endLine,
  );
  if (block) return { block, at: document.offsetAt(position) - block.offset };
  // Comments alone make no block, and a query may begin below them.
  let line = position.line;
  while (
    line > 0 &&
    document
      .lineAt(line - 1)
      .text.trimStart()
      .startsWith('#')
  )
    line -= 1;
  const offset = document.offsetAt(new vscode.Position(line, 0));
  return {
    block: {
      offset,
      text: document.getText().slice(offset, document.offsetAt(document.lineAt(position.line).range.end)),
    },
    at: document.offsetAt(position) - offset,
  };
}

const rangeIn = (document: vscode.TextDocument, offset: number, from: number, to: number): vscode.Range =>
  new vscode.Range(document.positionAt(offset + from), document.positionAt(offset + to));

/** A stranger's help is text: no markup, no links. */
const helpMarkdown = (text: string): vscode.MarkdownString => new vscode.MarkdownString().appendText(text);

const completionKinds: Record<Suggestion['kind'], vscode.CompletionItemKind> = {
  metric: vscode.CompletionItemKind.Field,
  label: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.Value,
  function: vscode.CompletionItemKind.Function,
  aggregation: vscode.CompletionItemKind.Keyword,
  operator: vscode.CompletionItemKind.Operator,
};
/** Metrics before functions; operators as the grammar has them. */
const sortPrefixes: Record<Suggestion['kind'], string> = {
  metric: '2',
  label: '2',
  value: '2',
  aggregation: '3',
  function: '4',
  operator: '5',
};

function completionItem(document: vscode.TextDocument, offset: number, suggestion: Suggestion): vscode.CompletionItem {
  const { label, kind, from, to, detail, help, insert } = suggestion;
  const doc = kind === 'function' || kind === 'aggregation' ? functionDoc(label) : undefined;
  const item = new vscode.CompletionItem(
    { label, ...(detail !== undefined && { description: detail }) },
    completionKinds[kind],
  );
  item.range = rangeIn(document, offset, from, to);
  item.filterText = label;
  item.sortText = `${sortPrefixes[kind]}${label}`;
  if (insert !== undefined) item.insertText = insert;
  if (doc) {
    item.detail = signatureText(doc);
    item.documentation = helpMarkdown(doc.help);
    const next = document.getText(new vscode.Range(item.range.end, item.range.end.translate(0, 1)));
    if (next !== '(')
      item.insertText = new vscode.SnippetString(doc.parameters.length === 0 ? `${label}()` : `${label}($0)`);
  } else if (help !== undefined && help !== '') {
    item.documentation = helpMarkdown(help);
  }
  return item;
}

function snippetItems(document: vscode.TextDocument, position: vscode.Position): vscode.CompletionItem[] {
  const word = document.getWordRangeAtPosition(position, /[\w ]+/)?.with(undefined, position);
  const typed = word && document.getText(word).trimStart();
  const range =
    word && typed !== undefined
      ? new vscode.Range(word.end.translate(0, -typed.length), word.end)
      : new vscode.Range(position, position);
  return querySnippets.map(({ label, detail, help, query }, index) => {
    const item = new vscode.CompletionItem({ label, description: detail }, vscode.CompletionItemKind.Snippet);
    item.range = range;
    item.insertText = query;
    item.documentation = helpMarkdown(help).appendCodeblock(query, promqlLanguageId);
    item.sortText = `1${String(index).padStart(4, '0')}`;
    return item;
  });
}

export class PromqlFeatures
  implements
    vscode.CompletionItemProvider,
    vscode.HoverProvider,
    vscode.SignatureHelpProvider,
    vscode.DocumentFormattingEditProvider
{
  constructor(
    private readonly names: PromqlNames,
    private readonly pads: Scratchpads,
  ) {}

  register(): vscode.Disposable[] {
    return [
      vscode.languages.registerCompletionItemProvider(
        promqlLanguageId,
        this,
        '{',
        '"',
        '(',
        '[',
        ',',
        '=',
        '~',
        '$',
        '@',
        ':',
        '_',
      ),
      vscode.languages.registerHoverProvider(promqlLanguageId, this),
      vscode.languages.registerSignatureHelpProvider(promqlLanguageId, this, '(', ','),
      vscode.languages.registerDocumentFormattingEditProvider(promqlLanguageId, this),
    ];
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionItem[]> {
    const { block, at } = locate(document, position);
    const extra = extraCompletions(block.text, at);
    const own = extra.map(({ label, detail, from, to }, index) => {
      const item = new vscode.CompletionItem(
        { label, description: detail },
        label.startsWith('$') ? vscode.CompletionItemKind.Variable : vscode.CompletionItemKind.Unit,
      );
      item.range = rangeIn(document, block.offset, from, to);
      item.filterText = label;
      item.sortText = `0${index}`;
      return item;
    });
    if (own.length > 0) return own;
    const { complete } = await loadLanguage();
    const suggestions = await complete(block.text, at, this.names.names);
    const snippets = beginsQuery(block.text, at) ? snippetItems(document, position) : [];
    return [
      ...snippets,
      ...suggestions.map((suggestion): vscode.CompletionItem => completionItem(document, block.offset, suggestion)),
    ];
  }

  async provideHover(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | undefined> {
    const { block, at } = locate(document, position);
    const variable = usesOf(block.text).find(({ from, to }) => from <= at && at <= to);
    if (variable?.variable) {
      const { usedVariables } = substitute(`$${variable.name}`, this.pads.currentVariables(document.uri));
      return new vscode.Hover(
        [codeBlock(usedVariables[0]?.value ?? ''), helpMarkdown(variable.variable.help)],
        rangeIn(document, block.offset, variable.from, variable.to),
      );
    }
    const word = wordUnder(block.text, at);
    if (!word) return undefined;
    const contents = await this.hoverContents(word, block.text);
    return contents.length > 0
      ? new vscode.Hover(contents, rangeIn(document, block.offset, word.from, word.to))
      : undefined;
  }

  provideSignatureHelp(document: vscode.TextDocument, position: vscode.Position): vscode.SignatureHelp | undefined {
    const { block, at } = locate(document, position);
    const call = callAt(block.text, at);
    const doc = call && functionDoc(call.name);
    if (!call || !doc) return undefined;
    const help = new vscode.SignatureHelp();
    const signature = new vscode.SignatureInformation(signatureText(doc), helpMarkdown(doc.help));
    signature.parameters = doc.parameters
      .filter((name) => name !== '…')
      .map((name) => new vscode.ParameterInformation(name));
    help.signatures = [signature];
    help.activeParameter =
      doc.parameters.at(-1) === '…' ? Math.min(call.argument, signature.parameters.length - 1) : call.argument;
    return help;
  }

  async provideDocumentFormattingEdits(document: vscode.TextDocument): Promise<vscode.TextEdit[]> {
    const { format } = await loadLanguage();
    return blocksOf(document.getText()).flatMap(({ text, offset }) => {
      const laid = format(text);
      return laid === undefined || laid === text
        ? []
        : [vscode.TextEdit.replace(rangeIn(document, offset, 0, text.length), laid)];
    });
  }

  private async hoverContents(word: QueryWord, text: string): Promise<vscode.MarkdownString[]> {
    const { kind, name } = word;
    if (kind === 'function' || kind === 'aggregation') {
      const doc = functionDoc(name);
      return doc ? [codeBlock(signatureText(doc)), helpMarkdown(doc.help)] : [];
    }
    if (kind === 'keyword') {
      const help = keywordHelp[name.toLowerCase()];
      return help === undefined ? [] : [helpMarkdown(help)];
    }
    const { names } = this.names;
    if (kind === 'metric') {
      const selector = text.slice(word.from, word.selectorTo ?? word.to);
      const [metadata, count] = await Promise.all([
        names.metadata(),
        names.seriesCount(selector.includes('$') ? name : selector),
      ]);
      const known = metadataOfName(metadata, name);
      const facts = [known?.type, known?.unit, formatSeriesCount(count)]
        .filter((fact) => fact !== undefined && fact !== '')
        .join(' · ');
      return [
        codeBlock(name),
        ...(facts === '' ? [] : [helpMarkdown(facts)]),
        ...(known?.help ? [helpMarkdown(known.help)] : []),
      ];
    }
    const values = await names.values(name, word.metric || undefined);
    if (values.length === 0) return [];
    const shown = values.slice(0, 10).join(', ');
    return [
      helpMarkdown(
        `Label with ${values.length.toLocaleString('en')} ${values.length === 1 ? 'value' : 'values'}: ${shown}${values.length > 10 ? ', …' : ''}`,
      ),
    ];
  }
}

function formatSeriesCount(count: number | undefined): string | undefined {
  if (count === undefined) return undefined;
  if (count > maxCountedSeries) return `more than ${maxCountedSeries.toLocaleString('en')} series`;
  return `${count.toLocaleString('en')} series now`;
}

const codeBlock = (text: string): vscode.MarkdownString =>
  new vscode.MarkdownString().appendCodeblock(text, promqlLanguageId);
