/** Offers the MCP server of this window to VS Code itself. */
import * as vscode from 'vscode';
import { onDidChangeMcpEnabled, readSettings } from '../shared/settings';
import type { McpAccess } from './mcpController';

/** As in the manifest. */
const providerId = 'skyrl.mcp';

/** Registers the provider. `start` loads and starts the server; it is called only while the server is turned on. */
export function registerMcpProvider(start: () => Promise<McpAccess>): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changed,
    onDidChangeMcpEnabled(() => changed.fire()),
    vscode.lm.registerMcpServerDefinitionProvider(providerId, {
      onDidChangeMcpServerDefinitions: changed.event,
      provideMcpServerDefinitions: async () => {
        if (!readSettings().mcpEnabled) return [];
        const { url, headers } = await start();
        return [new vscode.McpHttpServerDefinition('SkyRL Metrics', vscode.Uri.parse(url), { ...headers })];
      },
    }),
  );
}
