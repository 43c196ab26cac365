/** The commands that take a result out: as a CSV file, and as the JSON that the server sent. */
import * as vscode from 'vscode';
import type { QueryResponse } from '../../prometheus/client';
import { csvLines } from '../../promql/csv';
import { registerCommandTable } from '../shared/commandTable';
import { commandIds } from '../shared/ids';
import { toUri, type UriLike } from '../shared/toUri';
import { writeLines } from '../shared/writeLines';
import { findResult, toPadOptions, type PadArgument, type PadOptions } from './padOptions';
import type { ScratchpadResults } from './scratchpadResults';
import { showInformation } from '../shared/messages';

interface SaveOptions extends PadOptions {
  /** The file; absent, a dialog asks. */
  to?: UriLike;
}

/** The largest answer that is shown: VS Code copies a document several times. */
const maxRawBytes = 16 * 2 ** 20;
/** A larger answer is shown as it came: indenting it would take long in one piece. */
const maxIndentedBytes = 2 ** 20;

/** The answer that the options name; without one, a message says so. */
async function findAnswer(results: ScratchpadResults, options: PadOptions): Promise<QueryResponse | undefined> {
  const result = await findResult(results, options);
  if (result?.outcome.kind === 'answer') return result.outcome.answer;
  void showInformation('There is no result yet. Run a query first.');
  return undefined;
}

/** Resolves to the file, to undefined without a result or if the person cancelled. */
async function saveCsv(results: ScratchpadResults, options: SaveOptions): Promise<vscode.Uri | undefined> {
  const answer = await findAnswer(results, options);
  if (!answer) return undefined;
  const file = options.to === undefined ? await pickFile() : toUri(options.to);
  if (file) await writeLines(file, csvLines(answer.data));
  return file;
}

async function pickFile(): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({
    filters: { CSV: ['csv'] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, 'result.csv') }),
  });
}

/** Opens the server's answer, indented; resolves to the document. */
async function showRawResult(results: ScratchpadResults, options: PadOptions): Promise<vscode.Uri | undefined> {
  const answer = await findAnswer(results, options);
  if (!answer) return undefined;
  if (answer.raw.byteLength > maxRawBytes) {
    const size = `${(answer.raw.byteLength / 2 ** 20).toFixed(1)} MiB`;
    void showInformation(
      `The answer has ${size}, which is too much for an editor (${maxRawBytes / 2 ** 20} MiB). Save it as CSV, or narrow the query.`,
    );
    return undefined;
  }
  const text = new TextDecoder().decode(answer.raw);
  const content =
    answer.raw.byteLength > maxIndentedBytes ? text : JSON.stringify(JSON.parse(text) as unknown, undefined, 2);
  const document = await vscode.workspace.openTextDocument({ language: 'json', content });
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Active, preview: true });
  return document.uri;
}

/** Registers the commands. */
export function registerResultCommands(results: ScratchpadResults): vscode.Disposable {
  return registerCommandTable({
    [commandIds.saveResult]: (argument?: PadArgument<SaveOptions>) => saveCsv(results, toPadOptions(argument)),
    [commandIds.showRawResult]: (argument?: PadArgument) => showRawResult(results, toPadOptions(argument)),
  });
}
