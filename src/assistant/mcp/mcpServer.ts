/**
 * An MCP server on this machine's loopback address: the tools for agents outside VS Code. Loaded only when it is turned
 * on.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { parseJson } from '../../shared/parseJson';
import type { ToolAnswer } from '../tool';

/** A tool as MCP lists it. */
export interface ListedTool {
  name: string;
  title: string;
  description: string;
  inputSchema: { type: 'object' };
}

/** What the server answers with. */
export interface McpServerOptions {
  version: string;
  tools: readonly ListedTool[];
  /** Rejects with an error whose message is for the model. */
  call: (name: string, input: unknown, signal: AbortSignal) => Promise<ToolAnswer>;
  /** Clients must send it. */
  token: string;
  /** The port to try first. 0, or a port that is taken: a free one. */
  port: number;
}

/** A server that runs. */
export interface RunningMcpServer {
  url: string;
  port: number;
  close(): Promise<void>;
}

const host = '127.0.0.1';
const path = '/mcp';
/** Arguments are short; a longer request is none. */
const maxBodyBytes = 1_000_000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Why a request is refused, as an HTTP status; undefined if it is not. */
function refusal({ url, headers }: IncomingMessage, port: number, token: string): number | undefined {
  // A page in a browser may send requests to loopback, under a name that resolves to it, too.
  if (headers.origin !== undefined || headers.host !== `${host}:${port}`) return 403;
  if (url !== path) return 404;
  if (Number(headers['content-length'] ?? 0) > maxBodyBytes) return 413;
  const sent = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(sent), digest(token)) ? undefined : 401;
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  // Reads on, because a client that still writes would see a broken connection instead of the status.
  request.resume();
  response.writeHead(status, { connection: 'close' }).end();
}

function createMcp({ version, tools, call }: McpServerOptions): Server {
  const server = new Server({ name: 'skyrl-metrics', version }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: tools.map((tool) => ({ ...tool, annotations: { readOnlyHint: true, openWorldHint: false } })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
    try {
      const { text, data } = await call(params.name, params.arguments ?? {}, signal);
      return { content: [{ type: 'text', text }], structuredContent: data };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { content: [{ type: 'text', text: message }], isError: true };
    }
  });
  return server;
}

/** The JSON of a body. Rejects if it is not JSON or too long; the rest of the body can still be read. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new Error('The request is too large.');
    chunks.push(chunk);
  }
  return parseJson(Buffer.concat(chunks));
}

/** Answers one request. Each request is a new session, so that there is no state to keep. */
async function answer(options: McpServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    response.writeHead(405, { allow: 'POST' }).end();
    return;
  }
  const body = await readBody(request).catch(() => undefined);
  if (body === undefined) {
    refuse(request, response, 400);
    return;
  }
  const mcp = createMcp(options);
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  response.on('close', () => void mcp.close());
  await mcp.connect(transport);
  await transport.handleRequest(request, response, body);
}

function listen(server: HttpServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Starts the server. Rejects if no port can be had. */
export async function startMcpServer(options: McpServerOptions): Promise<RunningMcpServer> {
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    const status = refusal(request, port, options.token);
    if (status !== undefined) {
      refuse(request, response, status);
      return;
    }
    answer(options, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await listen(server, options.port).catch(() => listen(server, 0));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}${path}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
