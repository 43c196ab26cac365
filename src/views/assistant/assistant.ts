/** Answers the tools that language models call in VS Code. */
import * as vscode from 'vscode';
import type { ToolHost } from '../../assistant/tool';
import { loadTools } from './loadTools';
import type { ToolName } from './toolNames';

/** The tools of this window. */
export interface Assistant {
  /** Rejects with an error whose message is for the model. */
  invoke(
    name: ToolName,
    options: vscode.LanguageModelToolInvocationOptions<unknown>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult>;
  prepare(name: ToolName, input: unknown): Promise<vscode.PreparedToolInvocation>;
}

/** Aborts when the token is cancelled. */
function toSignal(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}

/** What the person is asked before a query runs: the query and the server, both as text. */
function confirmation(host: ToolHost, query: unknown): vscode.LanguageModelToolConfirmationMessages {
  const message = new vscode.MarkdownString();
  message.appendText(`On ${host.prometheusUrl ?? 'the Prometheus of the settings'}:`);
  message.appendCodeblock(typeof query === 'string' ? query : '', 'promql');
  return { title: 'Run this PromQL query?', message };
}

const queryOf = (input: unknown): unknown =>
  typeof input === 'object' && input !== null && 'query' in input ? input.query : undefined;

/** Creates the answers to tools. */
export function createAssistant(host: ToolHost): Assistant {
  return {
    async invoke(name, { input }, token) {
      const { findTool, runTool } = await loadTools();
      const { text, data } = await runTool(findTool(name), host, input, toSignal(token));
      return new vscode.LanguageModelToolResult([
        new vscode.LanguageModelTextPart(text),
        vscode.LanguageModelDataPart.json(data),
      ]);
    },
    async prepare(name, input) {
      const { findTool } = await loadTools();
      const { title, asksFirst } = findTool(name);
      return {
        invocationMessage: title,
        ...(asksFirst && { confirmationMessages: confirmation(host, queryOf(input)) }),
      };
    },
  };
}
