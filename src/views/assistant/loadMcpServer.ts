/** The MCP server, loaded when it is turned on. */

/** Loads the bundle with the server once. */
export const loadMcpServer = (): Promise<typeof import('../../assistant/mcp/mcpServer')> =>
  import('../../assistant/mcp/mcpServer');
