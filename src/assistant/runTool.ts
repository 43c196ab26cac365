/** Runs a tool: checks trust and input first, and turns every failure into an error that a model can act on. */
import { escapeControlChars } from '../promql/textTable';
import { ToolError, type Tool, type ToolAnswer, type ToolHost } from './tool';

/** Longest error message that is handed on; a server may answer with a page. */
const maxErrorLength = 500;

const untrusted =
  'This workspace is not trusted, so nothing of it is told. Ask the person to trust it in VS Code (Workspaces: Manage Workspace Trust).';

function describeProblems(tool: Tool, input: unknown): string | undefined {
  const parsed = tool.input.safeParse(input ?? {});
  if (parsed.success) return undefined;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the input'}: ${message}`);
  return `${tool.name} cannot be called like this. ${problems.join('; ')}.`;
}

/** Resolves to the tool's answer; rejects with a ToolError only. */
export async function runTool(tool: Tool, host: ToolHost, input: unknown, signal: AbortSignal): Promise<ToolAnswer> {
  if (!host.isTrusted) throw new ToolError(untrusted);
  const problem = describeProblems(tool, input);
  if (problem !== undefined) throw new ToolError(escapeControlChars(problem).slice(0, maxErrorLength));
  try {
    return await tool.run(host, input ?? {}, signal);
  } catch (error) {
    if (error instanceof ToolError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new ToolError(`${tool.name} failed: ${escapeControlChars(message).slice(0, maxErrorLength)}`);
  }
}
