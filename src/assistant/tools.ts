/** Every tool for language models, in the order of the manifest. */
import { compareTool } from './compareTool';
import { configTool } from './configTool';
import { findingsTool } from './findingsTool';
import { historyTool } from './historyTool';
import { metricsTool } from './metricsTool';
import { prometheusTool } from './prometheusTool';
import { rolloutsTool } from './rolloutsTool';
import { scrapeTool, statusTool } from './statusTool';
import { ToolError, type Tool } from './tool';

/** The tools. */
export const tools: readonly Tool[] = [
  statusTool,
  metricsTool,
  findingsTool,
  historyTool,
  rolloutsTool,
  compareTool,
  configTool,
  scrapeTool,
  prometheusTool,
];

/** The tool with this name. Throws a ToolError if there is none. */
export function findTool(name: string): Tool {
  const tool = tools.find((one) => one.name === name);
  if (!tool)
    throw new ToolError(`There is no tool ${name}. The tools are: ${tools.map((one) => one.name).join(', ')}.`);
  return tool;
}
