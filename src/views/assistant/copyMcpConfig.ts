/** `SkyRL: Copy MCP Configuration`: what an agent outside VS Code needs to reach this window. */
import * as vscode from 'vscode';
import { errorText } from '../shared/errorText';
import { enableMcp, readSettings } from '../shared/settings';
import type { McpController } from './mcpController';
import { showError, showInformation } from '../shared/messages';

const label = 'skyrl-metrics';

/** Asks to turn the server on; true if it is on then. */
async function ensureEnabled(): Promise<boolean> {
  if (readSettings().mcpEnabled) return true;
  const turnOn = 'Turn On';
  const picked = await showInformation(
    'Let agents outside VS Code read this run?',
    {
      modal: true,
      detail:
        'A server on 127.0.0.1 answers programs of this machine that send its token. It only reads. This turns on skyrl.mcp.enabled.',
    },
    turnOn,
  );
  if (picked !== turnOn) return false;
  await enableMcp();
  return true;
}

/**
 * Copies the configuration, as most agents take it. The token is in it, so it goes to the clipboard only. Resolves to
 * whether it was copied. Given an options object it asks nothing: false while the server is turned off.
 */
export async function copyMcpConfig(mcp: McpController, options?: object): Promise<boolean> {
  if (!(options ? readSettings().mcpEnabled : await ensureEnabled())) return false;
  try {
    const { url, headers } = await mcp.start();
    const config = { mcpServers: { [label]: { type: 'http', url, headers } } };
    await vscode.env.clipboard.writeText(JSON.stringify(config, null, 2));
  } catch (error) {
    if (options) throw error;
    void showError(`The MCP server could not be started: ${errorText(error)}`);
    return false;
  }
  if (!options)
    void showInformation('Copied. Paste it into the MCP settings of your agent. It holds a token: do not share it.');
  return true;
}
