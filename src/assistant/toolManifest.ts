/** The tools as the manifest contributes them. `npm run docs` writes them there, so that each text is in one place. */
import * as z from 'zod/mini';
import type { ListedTool } from './mcp/mcpServer';
import { tools } from './tools';

/** A tool of `contributes.languageModelTools`. */
export interface ContributedTool {
  name: string;
  toolReferenceName: string;
  displayName: string;
  userDescription: string;
  modelDescription: string;
  icon: string;
  canBeReferencedInPrompt: true;
  tags: string[];
  inputSchema: object;
}

const icons: Readonly<Record<string, string>> = {
  skyrl_scrape_now: '$(refresh)',
  skyrl_query_prometheus: '$(database)',
};

/** The JSON schema of a tool's input, without the dialect, which VS Code does not read. */
function inputSchema(input: z.ZodMiniType): object {
  const { $schema, ...schema } = z.toJSONSchema(input, { io: 'input' });
  void $schema;
  return schema;
}

/** Every tool; texts for people are keys of `package.nls.json`. */
export const contributedTools = (): ContributedTool[] =>
  tools.map(({ name, modelDescription, input }) => ({
    name,
    toolReferenceName: name
      .replace(/^skyrl_(?:get_)?/, 'skyrl')
      .replace(/(?:_|(?<=^skyrl))([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    displayName: `%tool.${name}.title%`,
    userDescription: `%tool.${name}.description%`,
    modelDescription,
    icon: icons[name] ?? '$(pulse)',
    canBeReferencedInPrompt: true,
    tags: ['skyrl', 'vllm', 'metrics'],
    inputSchema: inputSchema(input),
  }));

/** Every tool as the MCP server lists it. */
export const listedTools = (): ListedTool[] =>
  tools.map(({ name, title, modelDescription, input }) => ({
    name,
    title,
    description: modelDescription,
    inputSchema: { ...inputSchema(input), type: 'object' },
  }));
