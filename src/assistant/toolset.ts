/** The tools for language models: what the views load at the first use. */
export { runTool } from './runTool';
export { contributedTools, listedTools } from './toolManifest';
export { findTool, tools } from './tools';
