/** Which scratchpad, line and result a command is about. */
import * as vscode from 'vscode';
import { toUri, type UriLike } from '../shared/toUri';
import { resultScheme } from './resultScheme';
import type { QueryResult, ScratchpadResults } from './scratchpadResults';

/** Options of the scratchpad commands; absent, the active editor and its cursor count. */
export interface PadOptions {
  uri?: UriLike;
  line?: number;
}

/** VS Code's own menus pass a Uri instead of options. */
export type PadArgument<Options extends PadOptions = PadOptions> = Options | vscode.Uri;

/** A pad, and the line of the query in it. */
export interface PadPosition {
  pad: vscode.TextDocument;
  line: number;
}

/** The options of a command's argument. */
export function toPadOptions<Options extends PadOptions>(
  argument: PadArgument<Options> | undefined,
): Options | PadOptions {
  return argument instanceof vscode.Uri ? { uri: argument } : (argument ?? {});
}

/** The document of the options, else the active one. */
const documentUri = ({ uri }: PadOptions): vscode.Uri | undefined =>
  uri === undefined ? vscode.window.activeTextEditor?.document.uri : toUri(uri);

/** The pad and line that the options name, else those of the active editor; of a result document, its pad. */
export async function findPad(results: ScratchpadResults, options: PadOptions): Promise<PadPosition | undefined> {
  const uri = documentUri(options);
  const padUri = uri?.scheme === resultScheme ? results.padOf(uri) : uri;
  if (!padUri) return undefined;
  const pad = await vscode.workspace.openTextDocument(padUri);
  const editor = vscode.window.visibleTextEditors.find(({ document }) => document === pad);
  return { pad, line: options.line ?? editor?.selection.active.line ?? 0 };
}

/** The result of the result document or of the pad that the options name. */
export async function findResult(results: ScratchpadResults, options: PadOptions): Promise<QueryResult | undefined> {
  const uri = documentUri(options);
  if (uri?.scheme === resultScheme) return results.get(uri);
  const position = await findPad(results, options);
  return position && results.get(results.uriOf(position.pad));
}
