/** Language features of scratchpads: completion, hover, signatures and formatting. */
import * as vscode from 'vscode';
import type { Reporter } from '../../metrics/spellPromql';
import { functionDoc, signatureText } from '../../promql/functions';
import { blocksOf } from '../../promql/queryBlocks';
import { callAt, wordUnder } from '../../promql/queryWords';
import { beginsQuery } from '../../promql/snippets';
import { substitute, usesOf } from '../../promql/variables';
import { blockPosition, rangeInBlock } from './blockPosition';
import { extraItems, snippetItems, suggestionItem } from './completionItems';
import { hoverContents } from './hoverContents';
import { loadLanguage } from './loadLanguage';
import { promqlLanguageId } from './promqlLanguageId';
import { codeMarkdown, helpMarkdown } from './promqlMarkdown';
import type { PromqlNames } from './promqlNames';
import type { Scratchpads } from './scratchpads';

/** Characters after which VS Code asks for completions. */
const completionTriggers = ['{', '"', '(', '[', ',', '=', '~', '$', '@', ':', '_'];

/** Where names and values of variables are from. */
export interface PromqlFeatureDeps {
  names: PromqlNames;
  pads: Scratchpads;
  /** Whose names the present run's metrics have. */
  reporter: () => Reporter;
}

async function provideCompletionItems(
  { names, reporter }: PromqlFeatureDeps,
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.CompletionItem[]> {
  const inBlock = blockPosition(document, position);
  const { block, at } = inBlock;
  const extra = extraItems(document, inBlock);
  if (extra.length > 0) return extra;
  const { complete } = await loadLanguage();
  const suggestions = await complete(block.text, at, names.names);
  return [
    ...(beginsQuery(block.text, at) ? snippetItems(document, position, reporter(), names.otherRows) : []),
    ...suggestions.map((suggestion) => suggestionItem(document, block.offset, suggestion)),
  ];
}

async function provideHover(
  { names, pads }: PromqlFeatureDeps,
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.Hover | undefined> {
  const { block, at } = blockPosition(document, position);
  const use = usesOf(block.text).find(({ from, to }) => from <= at && at <= to);
  if (use?.variable) {
    const { usedVariables } = substitute(`$${use.name}`, pads.currentVariables(document.uri));
    const contents = [codeMarkdown(usedVariables[0]?.value ?? ''), helpMarkdown(use.variable.help)];
    return new vscode.Hover(contents, rangeInBlock(document, block.offset, use));
  }
  const word = wordUnder(block.text, at);
  if (!word) return undefined;
  const contents = await hoverContents(word, block.text, names.names);
  return contents.length > 0 ? new vscode.Hover(contents, rangeInBlock(document, block.offset, word)) : undefined;
}

function provideSignatureHelp(
  document: vscode.TextDocument,
  position: vscode.Position,
): vscode.SignatureHelp | undefined {
  const { block, at } = blockPosition(document, position);
  const call = callAt(block.text, at);
  const doc = call && functionDoc(call.name);
  if (!call || !doc) return undefined;
  const help = new vscode.SignatureHelp();
  const signature = new vscode.SignatureInformation(signatureText(doc), helpMarkdown(doc.help));
  signature.parameters = doc.parameters
    .filter((name) => name !== '…')
    .map((name) => new vscode.ParameterInformation(name));
  help.signatures = [signature];
  const isVariadic = doc.parameters.at(-1) === '…';
  help.activeParameter = isVariadic ? Math.min(call.argument, signature.parameters.length - 1) : call.argument;
  return help;
}

async function provideFormattingEdits(document: vscode.TextDocument): Promise<vscode.TextEdit[]> {
  const { format } = await loadLanguage();
  return blocksOf(document.getText()).flatMap(({ text, offset }) => {
    const formatted = format(text);
    if (formatted === undefined || formatted === text) return [];
    return [vscode.TextEdit.replace(rangeInBlock(document, offset, { from: 0, to: text.length }), formatted)];
  });
}

/** Registers the providers. The grammar is loaded when one of them first needs it. */
export function registerPromqlFeatures(deps: PromqlFeatureDeps): vscode.Disposable {
  const { languages } = vscode;
  return vscode.Disposable.from(
    languages.registerCompletionItemProvider(
      promqlLanguageId,
      { provideCompletionItems: (document, position) => provideCompletionItems(deps, document, position) },
      ...completionTriggers,
    ),
    languages.registerHoverProvider(promqlLanguageId, {
      provideHover: (document, position) => provideHover(deps, document, position),
    }),
    languages.registerSignatureHelpProvider(promqlLanguageId, { provideSignatureHelp }, '(', ','),
    languages.registerDocumentFormattingEditProvider(promqlLanguageId, {
      provideDocumentFormattingEdits: provideFormattingEdits,
    }),
  );
}
