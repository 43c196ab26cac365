/** The MCP server, asked by the SDK's own client and by requests that are not an agent's. */
import { strict as assert } from 'node:assert';
import { request, type RequestOptions } from 'node:http';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { contributedTools, findTool, listedTools, runTool } from '../../../src/assistant/toolset';
import { startMcpServer, type RunningMcpServer } from '../../../src/assistant/mcp/mcpServer';
import { hostAfter } from './support';

const token = 'a-token-of-this-test';

interface Content {
  content: { type: string; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
}

/** The HTTP status of a request with these headers. */
function statusOf(url: string, options: RequestOptions, body = '{}'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', ...options }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end(body);
  });
}

describe('The MCP server', () => {
  let server: RunningMcpServer;
  let client: Client;

  before(async () => {
    const host = await hostAfter(9);
    server = await startMcpServer({
      version: '1.2.3',
      token,
      port: 0,
      tools: listedTools(),
      call: (name, input, signal) => runTool(findTool(name), host, input, signal),
    });
    client = new Client({ name: 'test', version: '1' });
    const transport = new StreamableHTTPClientTransport(new URL(server.url), {
      requestInit: { headers: { Authorization: `Bearer ${token}` } },
    });
    await client.connect(transport);
  });

  after(async () => {
    await client.close();
    await server.close();
  });

  it('lists the tools of the manifest as read-only', async () => {
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map(({ name }) => name),
      contributedTools().map(({ name }) => name),
    );
    assert.ok(tools.every(({ annotations }) => annotations?.readOnlyHint === true));
    assert.deepEqual(client.getServerVersion()?.version, '1.2.3');
  });

  it('answers with text and the same as structured content, for calls side by side', async () => {
    const answers = (await Promise.all(
      Array.from({ length: 5 }, () => client.callTool({ name: 'skyrl_get_findings', arguments: {} })),
    )) as unknown as Content[];
    for (const { content, structuredContent } of answers) {
      assert.match(content[0]?.text ?? '', /^error \[engine-dead\]/);
      assert.ok(Array.isArray(structuredContent?.['findings']));
    }
  });

  it('gives errors to the model instead of breaking the session', async () => {
    const call = async (name: string, input: Record<string, unknown>): Promise<Content> =>
      (await client.callTool({ name, arguments: input })) as unknown as Content;
    const unknown = await call('skyrl_get_metrics', { ids: ['nothing'] });
    assert.equal(unknown.isError, true);
    assert.match(unknown.content[0]?.text ?? '', /no metric "nothing"/);
    assert.equal((await call('skyrl_delete_run', {})).isError, true);
    assert.equal((await call('skyrl_get_status', {})).isError, undefined);
  });

  it('refuses requests without the token, from pages, and under another name', async () => {
    const authorization = `Bearer ${token}`;
    assert.equal(await statusOf(server.url, {}), 401);
    assert.equal(await statusOf(server.url, { headers: { authorization: 'Bearer wrong' } }), 401);
    assert.equal(await statusOf(server.url, { headers: { authorization, origin: 'http://127.0.0.1:8080' } }), 403);
    assert.equal(await statusOf(server.url, { headers: { authorization, host: 'rebound.example' } }), 403);
    assert.equal(await statusOf(new URL('/other', server.url).href, { headers: { authorization } }), 404);
    assert.equal(await statusOf(server.url, { method: 'GET', headers: { authorization } }, ''), 405);
    assert.equal(await statusOf(server.url, { headers: { authorization } }, 'not JSON'), 400, 'not JSON');
    const long = `"${'x'.repeat(1_000_001)}"`;
    assert.equal(await statusOf(server.url, { headers: { authorization, 'content-length': long.length } }, long), 413);
    const chunked = { authorization, 'transfer-encoding': 'chunked' };
    assert.equal(await statusOf(server.url, { headers: chunked }, long), 400, 'a body without a length');
  });

  it('takes another port if the one it had is taken', async () => {
    const second = await startMcpServer({
      version: '1',
      token,
      port: server.port,
      tools: [],
      call: () => Promise.reject(new Error('none')),
    });
    assert.notEqual(second.port, server.port);
    await second.close();
  });
});
