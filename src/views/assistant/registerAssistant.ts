/** Registers what agents can ask; what answers them is loaded at the first call. */
import * as vscode from 'vscode';
import type { Assistant } from './assistant';
import { registerMcpProvider } from './mcpProvider';
import { toolNames } from './toolNames';

/** Registers every tool and the MCP server. `load` gives what answers them. */
export function registerAssistant(load: () => Promise<Assistant>): vscode.Disposable {
  return vscode.Disposable.from(
    ...toolNames.map((name) =>
      vscode.lm.registerTool(name, {
        prepareInvocation: async ({ input }) => (await load()).prepare(name, input),
        invoke: async (options, token) => (await load()).invoke(name, options, token),
      }),
    ),
    registerMcpProvider(async () => (await load()).startMcp()),
  );
}
