/** The MCP server of this window: runs while `skyrl.mcp.enabled` is on. */
import { randomBytes } from 'node:crypto';
import type * as vscode from 'vscode';
import type { RunningMcpServer } from '../../assistant/mcp/mcpServer';
import type { ToolAnswer, ToolHost } from '../../assistant/tool';
import { readSettings } from '../shared/settings';
import { confirmQuery } from './confirmQuery';
import { loadMcpServer } from './loadMcpServer';
import { loadTools } from './loadTools';

/** One token for all windows of this machine, so that the config of an agent stays valid. */
const tokenKey = 'mcp:token';
const portKey = 'skyrl.mcpPort';

/** What the server needs. */
export interface McpOptions {
  host: ToolHost;
  version: string;
  secrets: vscode.SecretStorage;
  /** Keeps the port of this workspace. */
  memento: vscode.Memento;
  log: vscode.LogOutputChannel;
}

/** Where a client finds the server, and with what. */
export interface McpAccess {
  url: string;
  headers: { Authorization: string };
}

/** Starts the server when it is needed and turned on, and stops it when it is turned off. */
export class McpController implements vscode.Disposable {
  private running: Promise<RunningMcpServer> | undefined;

  constructor(private readonly options: McpOptions) {}

  /** Starts the server if it does not run. Rejects if no port can be had. */
  async start(): Promise<McpAccess> {
    this.running ??= this.open();
    try {
      const { url } = await this.running;
      return { url, headers: { Authorization: `Bearer ${await this.token()}` } };
    } catch (error) {
      this.running = undefined;
      throw error;
    }
  }

  /** Stops the server if it is turned off. */
  async update(): Promise<void> {
    if (!readSettings().mcpEnabled) await this.stop();
  }

  dispose(): void {
    void this.stop();
  }

  private async stop(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await running?.then(
      (server) => server.close(),
      () => undefined,
    );
  }

  private async open(): Promise<RunningMcpServer> {
    const { host, version, memento, log } = this.options;
    const [{ startMcpServer }, { listedTools }] = await Promise.all([loadMcpServer(), loadTools()]);
    const server = await startMcpServer({
      version,
      token: await this.token(),
      port: memento.get(portKey, 0),
      tools: listedTools(),
      call: (name, input, signal) => callTool(host, name, input, signal),
    });
    await memento.update(portKey, server.port);
    log.info(`The MCP server listens on ${server.url}.`);
    return server;
  }

  private async token(): Promise<string> {
    const { secrets } = this.options;
    const stored = await secrets.get(tokenKey);
    if (stored !== undefined) return stored;
    const token = randomBytes(32).toString('base64url');
    await secrets.store(tokenKey, token);
    return token;
  }
}

/** Runs a tool; what asks first in chat asks here, too. */
async function callTool(host: ToolHost, name: string, input: unknown, signal: AbortSignal): Promise<ToolAnswer> {
  const { findTool, runTool } = await loadTools();
  const tool = findTool(name);
  const asks = tool.asksFirst && host.isTrusted && tool.input.safeParse(input).success;
  if (asks && !(await confirmQuery(host, input))) throw new Error('The person did not agree to run this query.');
  return runTool(tool, host, input, signal);
}
