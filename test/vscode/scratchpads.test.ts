/** Scratchpads in a real VS Code, with a real Prometheus that scrapes the demonstration cluster. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { blockAt, blocksOf } from '../../src/promql/queryBlocks';
import { startLive, type Live } from '../demonstration/index';
import { findPrometheus, startPrometheus, type RealPrometheus } from '../prometheus/server';
import { skip } from './skip';
import { activate, executeCommand, configure, inWorkspace, setSetting, until } from './support';

/** The text of a result document. */
const textOf = async (uri: vscode.Uri): Promise<string> => (await vscode.workspace.openTextDocument(uri)).getText();

async function newPad(query: string): Promise<vscode.TextDocument> {
  const uri = await executeCommand<vscode.Uri>('skyrl.newScratchpad', { query });
  return vscode.workspace.openTextDocument(uri);
}

/** Runs a query and waits for its result: VS Code shows the previous one until it has read the changed document. */
async function run(pad: vscode.TextDocument, line = 0, id = 'skyrl.runQuery'): Promise<string> {
  const result = await executeCommand<vscode.Uri>(id, { uri: pad.uri, line });
  assert.equal(result.scheme, 'skyrl-result');
  const block = blockAt(blocksOf(pad.getText()), line);
  assert.ok(block);
  return until(
    async () => {
      const text = await textOf(result);
      return text.startsWith(block.text.trim()) && !text.includes('Running …') ? text : undefined;
    },
    'a result',
    15_000,
  );
}

/** The value of one of the server's own metrics. */
async function metric({ url }: RealPrometheus, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
}

describe('scratchpads', () => {
  let cluster: Live;
  let prometheus: RealPrometheus;

  before(async function () {
    this.timeout(150_000);
    const found = findPrometheus();
    if ('reason' in found) skip(this, found.reason);
    await activate();
    cluster = await startLive();
    prometheus = await startPrometheus(found.path, {
      scrape: [{ targets: cluster.nodes.map(({ port }) => `127.0.0.1:${port}`) }],
    });
    await until(
      async () => (await prometheus.ask('up == 1')).length === cluster.nodes.length,
      'a first scrape of every node',
      20_000,
    );
    await configure({ 'prometheus.url': prometheus.url });
  });

  after(async () => {
    await configure();
    await executeCommand('workbench.action.closeAllEditors');
    await prometheus?.stop();
    await cluster?.close();
  });

  it('open with example queries, and lenses on each', async () => {
    const uri = await executeCommand<vscode.Uri>('skyrl.newScratchpad');
    const pad = await vscode.workspace.openTextDocument(uri);
    assert.equal(pad.languageId, 'promql');
    const lenses = await until(async () => {
      const found = await executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
      return found.length > 0 && found;
    }, 'lenses');
    const titles = lenses.map(({ command: of }) => of?.title ?? '');
    assert.equal(titles.filter((title) => title.endsWith('Run')).length, 3);
    assert.ok(titles[0]?.includes(`127.0.0.1:${prometheus.port}`), titles[0]);
  });

  it('run the block at a line, and show its series as a table', async () => {
    const pad = await newPad('vector(1)\n\n# engines\nray_vllm_num_requests_running\n');
    const text = await run(pad, 3);
    const series = await prometheus.ask('ray_vllm_num_requests_running');
    assert.ok(text.includes(`${series.length} series`), text);
    for (const { metric } of series) assert.ok(text.includes(metric['WorkerId'] ?? '?'), text);
    assert.match(await run(pad, 0), /1 series[\s\S]*value\n +1\n/);
  });

  it('replace variables, and show their values', async () => {
    const text = await run(await newPad('sum(rate(ray_vllm_generation_tokens_total[$__rate_interval]))'));
    assert.match(text, /\$__rate_interval = 16s/);
    assert.match(text, /1 series/);
  });

  it('plot over the range on the first line', async () => {
    const pad = await newPad('ray_vllm_kv_cache_usage_perc');
    await executeCommand('skyrl.setQueryRange', { uri: pad.uri, rangeMs: 60_000, stepMs: 1000 });
    const text = await run(pad, 0, 'skyrl.plotQuery');
    assert.match(text, /step 1 s/);
    assert.match(text, /points +lowest +mean +highest +last/);
    assert.ok(
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .some(({ label }) => label.startsWith('Plot: ray_vllm_kv_cache')),
      'no plot',
    );
  });

  it('complete the server’s metrics, labels and values, and explain them by hover and signatures', async () => {
    const pad = await newPad(
      'sum by (W) (rate(ray_vllm_gen[$__rate_interval]))\n\nray_vllm_num_requests_running{WorkerId=""}\n',
    );
    const at = async (line: number, character: number): Promise<string[]> => {
      const list = await executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        pad.uri,
        new vscode.Position(line, character),
      );
      return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    assert.ok((await at(0, 29)).includes('ray_vllm_generation_tokens_total'));
    assert.ok((await at(0, 9)).includes('WorkerId'));
    const [engine] = await prometheus.ask('ray_vllm_num_requests_running');
    assert.ok((await at(2, 40)).includes(engine?.metric['WorkerId'] ?? '?'));
    assert.ok((await at(1, 0)).includes('p95 KV block lifetime over 5 minutes'));
    const [hover] = await executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      pad.uri,
      new vscode.Position(2, 5),
    );
    assert.match(
      hover?.contents.map((text) => (text as vscode.MarkdownString).value).join('\n') ?? '',
      /gauge.*series.*now/s,
    );
    const help = await executeCommand<vscode.SignatureHelp>(
      'vscode.executeSignatureHelpProvider',
      pad.uri,
      new vscode.Position(0, 20),
    );
    assert.equal(help.signatures[0]?.label, 'rate(v range-vector)');
  });

  it('mark mistakes with the server’s message, and offer quick fixes', async () => {
    const pad = await newPad(
      'sum by (engine) (rate(ray_vllm_generation_tokens_total))\n\nrate(vllm:generation_tokens_total[5m])\n',
    );
    const marks = await until(
      () => {
        const found = vscode.languages.getDiagnostics(pad.uri);
        return (
          found.some(({ source }) => source === 'Prometheus') &&
          found.some(({ message }) => message.includes('ray_vllm_generation_tokens_total')) &&
          found
        );
      },
      'the server’s message and advice',
      15_000,
    );
    const fromServer = marks.find(({ source }) => source === 'Prometheus');
    assert.equal(pad.getText(fromServer?.range), 'ray_vllm_generation_tokens_total');
    const advice = marks.find(({ message }) => message.includes('but ray_vllm_generation_tokens_total'));
    const actions = await executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      pad.uri,
      advice?.range ?? new vscode.Range(2, 0, 2, 0),
    );
    const fix = actions.find(({ title }) => title === 'Use ray_vllm_generation_tokens_total');
    assert.ok(fix?.edit && (await vscode.workspace.applyEdit(fix.edit)));
    assert.equal(pad.lineAt(2).text, 'rate(ray_vllm_generation_tokens_total[5m])');
  });

  it('are formatted as Prometheus formats, and keep their comments', async () => {
    const pad = await newPad('# why\nsum(x)by(le)\n');
    const edit = new vscode.WorkspaceEdit();
    edit.set(pad.uri, await executeCommand<vscode.TextEdit[]>('vscode.executeFormatDocumentProvider', pad.uri, {}));
    await vscode.workspace.applyEdit(edit);
    assert.equal(pad.getText(), '# why\nsum by (le) (x)\n');
  });

  it('start with a query for the type of an explored metric', async () => {
    await executeCommand('workbench.action.closeAllEditors');
    const uri = await executeCommand<vscode.Uri>('skyrl.exploreMetrics', {
      metric: 'ray_vllm_generation_tokens_total',
    });
    assert.equal(
      (await vscode.workspace.openTextDocument(uri)).getText(),
      'sum(rate(ray_vllm_generation_tokens_total[$__rate_interval]))\n',
    );
  });

  it('save a result as CSV, and show it as the server sent it', async () => {
    const pad = await newPad('vector(3)');
    await run(pad);
    const file = inWorkspace('result.csv');
    await executeCommand('skyrl.saveResult', { uri: pad.uri, to: file });
    assert.match(Buffer.from(await vscode.workspace.fs.readFile(file)).toString(), /^time,value\r\n.*Z,3\r\n$/);
    const raw = await executeCommand<vscode.Uri>('skyrl.showRawResult', { uri: pad.uri });
    assert.equal(
      (JSON.parse((await vscode.workspace.openTextDocument(raw)).getText()) as { status: string }).status,
      'success',
    );
  });

  it('show an error of the server with its position', async () => {
    const text = await run(await newPad('sum by (engine) (rate(ray_vllm_generation_tokens_total))'));
    assert.match(text, /^Error: The query is not valid\. .*expected type range vector/m);
    assert.match(text, /line 1, column 23/);
  });

  it('keep their result document when they are saved', async () => {
    const pad = await newPad('vector(41) + 1');
    const before = await executeCommand<vscode.Uri>('skyrl.runQuery', { uri: pad.uri, line: 0 });
    const file = inWorkspace('saved.promql');
    await vscode.workspace.fs.writeFile(file, Buffer.from(pad.getText()));
    const saved = await vscode.workspace.openTextDocument(file);
    const after = await executeCommand<vscode.Uri>('skyrl.runQuery', { uri: saved.uri, line: 0 });
    assert.equal(after.toString(), before.toString());
  });

  it('cancel a long query here and on the server', async () => {
    const pad = await newPad('max_over_time(sum_over_time(vector(1)[1m:1ms])[1h:1s])');
    const asked = executeCommand<vscode.Uri>('skyrl.runQuery', { uri: pad.uri, line: 0 });
    await until(async () => {
      const lenses = await executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', pad.uri);
      return lenses.some(({ command: of }) => of?.command === 'skyrl.cancelQuery');
    }, 'a lens that cancels');
    await until(async () => (await metric(prometheus, 'prometheus_engine_queries')) > 0, 'the query at the server');
    await executeCommand('skyrl.cancelQuery', { uri: pad.uri });
    const result = await asked;
    await until(async () => (await textOf(result)).includes('Error: Cancelled; the server was told.'), 'the words');
    await until(async () => (await metric(prometheus, 'prometheus_engine_queries')) === 0, 'the server to stop');
  });

  it('copy a query as curl without the token', async () => {
    const pad = await newPad('vector(7)');
    const text = await executeCommand<string>('skyrl.copyCurl', { uri: pad.uri, line: 0 });
    assert.equal(await vscode.env.clipboard.readText(), text);
    assert.ok(text.includes(`'${prometheus.url}/api/v1/query'`), text);
    assert.ok(!text.includes('PROM_TOKEN'));
    assert.equal(await executeCommand('skyrl.setPrometheusToken', { token: 'sesame-9' }), true);
    const withToken = await executeCommand<string>('skyrl.copyCurl', { uri: pad.uri, line: 0 });
    assert.ok(withToken.includes('"Authorization: Bearer $PROM_TOKEN"') && !withToken.includes('sesame'), withToken);
    await executeCommand('skyrl.clearPrometheusToken');
  });

  it('say how to select a Prometheus if there is none', async () => {
    await setSetting('prometheus.url', undefined);
    const text = await run(await newPad('up'));
    assert.match(text, /Error: No Prometheus is chosen\.\nSkyRL: Select Prometheus/);
    await setSetting('prometheus.url', prometheus.url);
  });
});
