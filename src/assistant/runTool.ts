/** Runs a tool: checks trust first, and turns every failure into an error that a model can act on. */
import { escapeControlChars } from '../promql/textTable';
import { ToolError, type Tool, type ToolAnswer, type ToolHost } from './tool';

/** Longest error message that is handed on; a server may answer with a page. */
const maxErrorLength = 500;

const untrusted =
  'This workspace is not trusted, so nothing of it is told. Ask the person to trust it in VS Code (Workspaces: Manage Workspace Trust).';

const shorten = (message: string): string => escapeControlChars(message).slice(0, maxErrorLength);

/** Resolves to the tool's answer; rejects with a ToolError only. */
export async function runTool(tool: Tool, host: ToolHost, input: unknown, signal: AbortSignal): Promise<ToolAnswer> {
  if (!host.isTrusted) throw new ToolError(untrusted);
  try {
    return await tool.run(host, input ?? {}, signal);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ToolError(error instanceof ToolError ? shorten(message) : `${tool.name} failed: ${shorten(message)}`);
  }
}
