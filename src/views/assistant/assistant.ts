/** What answers agents: the tools in VS Code's chat, and the MCP server. */
import * as vscode from 'vscode';
import { registerCommandTable } from '../shared/commandTable';
import { commandIds } from '../shared/ids';
import { onDidChangeSettings } from '../shared/settings';
import { createAssistantHost, type AssistantHostDeps } from './assistantHost';
import { queryConfirmation } from './confirmQuery';
import { copyMcpConfig } from './copyMcpConfig';
import { loadTools } from './loadTools';
import { McpController, type McpAccess } from './mcpController';
import type { ToolName } from './toolNames';

/** What the feature needs. */
export interface AssistantDeps extends AssistantHostDeps {
  context: Pick<vscode.ExtensionContext, 'extension' | 'secrets' | 'workspaceState'>;
  log: vscode.LogOutputChannel;
}

/** The answers, which the entry registers before they are loaded. */
export interface Assistant extends vscode.Disposable {
  /** Rejects with an error whose message is for the model. */
  invoke(
    name: ToolName,
    options: vscode.LanguageModelToolInvocationOptions<unknown>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult>;
  prepare(name: ToolName, input: unknown): Promise<vscode.PreparedToolInvocation>;
  /** Rejects if no port can be had. */
  startMcp(): Promise<McpAccess>;
}

/** Aborts when the token is cancelled. */
function toSignal(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}

/** The version in the manifest. */
function versionOf({ packageJSON }: vscode.Extension<unknown>): string {
  const { version } = packageJSON as { version?: unknown };
  return typeof version === 'string' ? version : '';
}

/** Creates the answers and registers the feature's command. */
export function createAssistant({ context, log, ...deps }: AssistantDeps): Assistant {
  const host = createAssistantHost(deps);
  const mcp = new McpController({
    host,
    version: versionOf(context.extension),
    secrets: context.secrets,
    memento: context.workspaceState,
    log,
  });
  const registered = vscode.Disposable.from(
    mcp,
    onDidChangeSettings(() => void mcp.update()),
    registerCommandTable({ [commandIds.copyMcpConfig]: (options?: object) => copyMcpConfig(mcp, options) }),
  );
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
        ...(asksFirst && { confirmationMessages: queryConfirmation(host, input) }),
      };
    },
    startMcp: () => mcp.start(),
    dispose: () => void registered.dispose(),
  };
}
