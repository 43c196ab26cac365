/** What a person is asked before an agent runs a query. */
import * as vscode from 'vscode';
import type { ToolHost } from '../../assistant/tool';
import { showWarning } from '../shared/messages';

const title = 'Run this PromQL query?';

const queryOf = (input: unknown): string =>
  typeof input === 'object' && input !== null && 'query' in input && typeof input.query === 'string' ? input.query : '';

const serverText = ({ prometheusUrl }: ToolHost): string => prometheusUrl ?? 'the Prometheus of the settings';

/** The question in chat: the query and the server, both as text. */
export function queryConfirmation(host: ToolHost, input: unknown): vscode.LanguageModelToolConfirmationMessages {
  const message = new vscode.MarkdownString();
  message.appendText(`On ${serverText(host)}:`);
  message.appendCodeblock(queryOf(input), 'promql');
  return { title, message };
}

/** Asks with a dialog, for agents outside VS Code. Resolves to whether the person agreed. */
export async function confirmQuery(host: ToolHost, input: unknown): Promise<boolean> {
  const run = 'Run Query';
  const detail = `An agent outside VS Code asks for it, on ${serverText(host)}:\n\n${queryOf(input)}`;
  return (await showWarning(title, { modal: true, detail }, run)) === run;
}
