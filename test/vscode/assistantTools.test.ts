/** Tools for language models, called as VS Code's chat calls them. */
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import * as vscode from 'vscode';
import type { Api } from '../../src/api';
import { toolNames, type ToolName } from '../../src/views/assistant/toolNames';
import { replay, type Replay } from '../demonstration/index';
import { watchCluster } from './clusters';
import { assertHarmless, configure, executeCommand, localConfig, removeFile, until, writeFile } from './support';

/** The setting counts only for the user. */
const setEnabled = (value: boolean | undefined): Thenable<void> =>
  vscode.workspace.getConfiguration('skyrl').update('mcp.enabled', value, vscode.ConfigurationTarget.Global);

interface ToolAnswer {
  text: string;
  data: Record<string, unknown>;
}

async function invoke(name: ToolName, input: object = {}): Promise<ToolAnswer> {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
  const [text, json] = content;
  assert.ok(text instanceof vscode.LanguageModelTextPart && json instanceof vscode.LanguageModelDataPart, name);
  return {
    text: text.value,
    data: JSON.parse(new TextDecoder().decode(json.data)) as Record<string, unknown>,
  };
}

describe('tools for language models', () => {
  let api: Api;
  let cluster: Replay;

  before(async () => {
    cluster = await replay({ recording: 'ray-2.57' });
    cluster.step('01');
    api = await watchCluster(cluster);
    await api.scrape();
    cluster.step('02');
    await api.scrape();
  });

  after(async () => {
    assertHarmless(cluster.requests());
    await configure();
    await cluster.close();
  });

  it('are offered with their texts and schemas', () => {
    const offered = vscode.lm.tools.filter(({ name }) => name.startsWith('skyrl_'));
    assert.deepEqual(offered.map(({ name }) => name).sort(), [...toolNames].sort());
    for (const { description, inputSchema, tags } of offered) {
      assert.ok(description.length > 100 && inputSchema);
      assert.ok(tags.includes('skyrl'));
    }
  });

  it('give the numbers of the newest snapshot', async () => {
    const { data } = await invoke('skyrl_get_metrics', { ids: ['num_requests_running'] });
    const [metric] = data['metrics'] as { value: number; skyrlValue: number }[];
    assert.equal(metric?.value, api.snapshot?.measures['num_requests_running']?.value);
    assert.equal(metric?.skyrlValue, api.snapshot?.values['vllm/num_requests_running']);
    const { data: history } = await invoke('skyrl_get_history', { ids: ['num_requests_running'], engines: 'each' });
    // Engines of the run before are in the history, too.
    const subjects = (history['series'] as { subject: string }[]).map(({ subject }) => subject);
    for (const { name } of api.snapshot?.engines ?? []) assert.ok(subjects.includes(name), name);
    const { data: findings } = await invoke('skyrl_get_findings');
    assert.equal((findings['findings'] as unknown[]).length, api.snapshot?.findings.length);
  });

  it('say the state, and scrape when asked to', async () => {
    assert.equal((await invoke('skyrl_get_status')).data['state'], api.status.state);
    const before = api.snapshot?.at ?? 0;
    const { data } = await invoke('skyrl_scrape_now');
    assert.ok((api.snapshot?.at ?? 0) > before);
    assert.equal(data['state'], api.status.state);
  });

  it('list rollouts, and what can be compared', async () => {
    const { data } = await invoke('skyrl_get_rollouts', { kind: 'step', count: 5 });
    assert.ok((data['rollouts'] as unknown[]).length <= 5);
    await assert.rejects(invoke('skyrl_get_rollouts', { kind: 'epoch' }), /kind/);
    const { data: listed } = await invoke('skyrl_compare_runs');
    assert.ok(Array.isArray(listed['choices']));
    await assert.rejects(invoke('skyrl_compare_runs', { runs: ['invented', 'also'] }), /invented/);
  });

  it('tell the config in use, with its lines', async () => {
    const uri = await writeFile('config/assistant.yaml', localConfig('num_engines: 3'));
    await executeCommand('skyrl.selectConfig', { uri });
    const { data, text } = await invoke('skyrl_get_config', { keys: 'num_engines' });
    assert.deepEqual(data['keys'], [{ key: 'generator.inference_engine.num_engines', value: '3', from: 'line 4' }]);
    assert.match(text, /config\/assistant\.yaml/);
    await removeFile('config/assistant.yaml');
  });

  it('answer an invented metric, input or missing server with what to do', async () => {
    await assert.rejects(invoke('skyrl_get_metrics', { ids: ['gpu_utilisation'] }), /no metric "gpu_utilisation"/);
    await assert.rejects(invoke('skyrl_get_history', { ids: [] }), /ids/);
    await assert.rejects(invoke('skyrl_get_config', { keys: 'no.such.key' }), /No key contains|Select Config/);
    await assert.rejects(invoke('skyrl_query_prometheus', { query: 'up' }), /Select Prometheus/);
  });

  it('reach an agent outside VS Code while the MCP server is turned on, and no longer', async () => {
    assert.equal(await executeCommand('skyrl.copyMcpConfig', {}), false, 'off by default');
    await setEnabled(true);
    assert.equal(await executeCommand('skyrl.copyMcpConfig', {}), true);
    const { mcpServers } = JSON.parse(await vscode.env.clipboard.readText()) as {
      mcpServers: Record<string, { url: string; headers: Record<string, string> }>;
    };
    const { url, headers } = mcpServers['skyrl-metrics'] ?? assert.fail();
    const connect = async (): Promise<Client> => {
      const client = new Client({ name: 'test', version: '1' });
      const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
      await client.connect(transport);
      return client;
    };
    const client = await connect();
    const { structuredContent } = await client.callTool({ name: 'skyrl_get_status', arguments: {} });
    assert.equal((structuredContent as { state: string }).state, api.status.state);
    await client.close();
    await setEnabled(undefined);
    await until(
      () =>
        connect().then(
          () => false,
          () => true,
        ),
      'the server has stopped',
    );
  });
});
