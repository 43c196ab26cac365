/**
 * Prometheus as the source in a real VS Code: a real Prometheus scrapes the demonstration cluster, and the extension
 * does not.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Api, Snapshot } from '../../src/api';
import type { GenerationEvent } from '../../src/generation/generationEvent';
import { startLive, type Live, type RecordedRequest } from '../demonstration/index';
import { recordedSamples } from '../prometheus/recorded';
import { findPrometheus, promtool, runToEnd, startPrometheus, type RealPrometheus } from '../prometheus/server';
import { demonstrationScenario } from '../demonstration/live/demonstrationScenario';
import { skip } from './skip';
import {
  activate,
  collectSnapshots,
  executeCommand,
  configure,
  inWorkspace,
  localConfig,
  removeFile,
  setSetting,
  waitForState,
  until,
  writeFile,
} from './support';

const isOwnRequest = ({ headers }: RecordedRequest): boolean =>
  !String(headers['user-agent'] ?? '').startsWith('Prometheus/');

describe('Prometheus as the source', () => {
  let api: Api;
  let cluster: Live;
  let prometheus: RealPrometheus;
  let foreign: Server;
  let answer: (response: ServerResponse) => void = (response) => response.end();
  const foreignUrl = (): string => `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`;

  before(async function () {
    this.timeout(150_000);
    const found = findPrometheus();
    if ('reason' in found) skip(this, found.reason);
    api = await activate();
    // First a whole past cycle of the demonstration, then the present.
    let clock: number | undefined = Date.now() - 1000 * demonstrationScenario.cycleSeconds;
    cluster = await startLive({ now: () => clock ?? Date.now() });
    const steps = [];
    for (; clock < Date.now() - 5_000; clock += 20_000) {
      const bodies = await Promise.all(
        cluster.nodes.map(async ({ url }, node) => ({
          node,
          bytes: Buffer.from(await (await fetch(`${url}/metrics`)).arrayBuffer()),
        })),
      );
      steps.push({ at: clock, bodies });
    }
    clock = undefined;
    const instance = (node: number): string => `127.0.0.1:${cluster.nodes[node]?.port}`;
    prometheus = await startPrometheus(found.path, {
      openMetrics: recordedSamples(steps, instance),
      scrape: [{ targets: cluster.nodes.map((_, node) => instance(node)) }],
    });
    await until(
      async () => (await prometheus.ask('changes(ray_vllm_generation_tokens_total[5s]) > 0')).length > 0,
      'two scrapes',
      30_000,
    );
    foreign = createServer((_, response) => answer(response));
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
    await writeFile('source.yaml', localConfig('num_engines: 4'));
    await configure({
      config: 'source.yaml',
      'ray.dashboardUrl': cluster.dashboard.url,
      'prometheus.url': prometheus.url,
      source: 'prometheus',
    });
    await until(() => api.status.state !== 'searching', 'the config');
  });

  after(async () => {
    await configure();
    await removeFile('source.yaml');
    await prometheus?.stop();
    await cluster?.close();
    foreign?.closeAllConnections();
    foreign?.close();
  });

  const nodeRequests = (): RecordedRequest[] => cluster.nodes.flatMap(({ requests }) => requests).filter(isOwnRequest);

  it('gives snapshots like those of a scrape, which name it, and asks no node', async () => {
    cluster.forgetRequests();
    const snapshot = await executeCommand<Snapshot>('skyrl.scrape');
    assert.deepEqual(snapshot.source, { kind: 'prometheus', url: prometheus.url });
    assert.deepEqual(
      nodeRequests().map(({ url }) => url),
      [],
    );
    // The session is a new one after other suites.
    await api.scrape();
    const status = await waitForState(api, 'fresh');
    assert.ok(status.message.includes(`From Prometheus at ${prometheus.url}`), status.message);
    assert.ok(
      snapshot.measures['kv_cache_usage_perc'] &&
        snapshot.measures['generation_throughput_tok_s'] &&
        snapshot.measures['ttft_seconds_p95'],
    );
    // SkyRL's arithmetic needs two samples, a step apart.
    const { values } = await until(async () => {
      const next = await api.scrape();
      return next.values['vllm/generation_throughput_tok_s'] !== undefined && next;
    }, 'a second sample');
    assert.ok((values['vllm/num_requests_running'] ?? -1) >= 0, JSON.stringify(values));
    assert.ok(Object.keys(snapshot.distributions ?? {}).length > 3);
    assert.ok(
      (snapshot.parts ?? []).some(({ kind }) => kind === 'node'),
      JSON.stringify(snapshot.parts),
    );
  });

  it('fills the chart with what it kept before the first scrape', async () => {
    const uri = inWorkspace('past.jsonl');
    const times = await until(async () => {
      await executeCommand('skyrl.export', { format: 'jsonl', uri });
      const rows = readFileSync(uri.fsPath, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { measure?: string; engine?: string; at?: number });
      const own = rows
        .filter(({ measure, engine }) => measure === 'num_requests_running' && engine === undefined)
        .map(({ at = 0 }) => at);
      return own.length > 12 && own;
    }, 'a past');
    await removeFile('past.jsonl');
    const [first = 0] = times;
    assert.ok(Date.now() - first > 4 * 60_000, `the first is ${Date.now() - first} ms old`);
    for (let index = 1; index < times.length; index++)
      assert.ok(
        (times[index] ?? 0) - (times[index - 1] ?? 0) <= 60_000 && (times[index] ?? 0) > (times[index - 1] ?? 0),
        times.join(' '),
      );
  });

  it('has the engines that a scrape finds', async () => {
    const queried = await executeCommand<Snapshot>('skyrl.scrape');
    await setSetting('source', 'scrape');
    const scraped = await executeCommand<Snapshot>('skyrl.scrape');
    await setSetting('source', 'prometheus');
    assert.equal(scraped.source, undefined);
    const living = ({ engines }: Snapshot): string[] =>
      engines
        .filter(({ state }) => state !== 'dead' && state !== 'gone')
        .map(({ id }) => id)
        .sort();
    assert.deepEqual(living(queried), living(scraped));
    const gauge = (snapshot: Snapshot, id: string): number | undefined => snapshot.measures[id]?.value;
    assert.equal(
      gauge(queried, 'num_requests_running') === undefined,
      gauge(scraped, 'num_requests_running') === undefined,
    );
    const measured = ({ engines }: Snapshot): Set<string> =>
      new Set(engines.flatMap(({ measures }) => Object.keys(measures)));
    const missing = [...measured(scraped)].filter((id) => !measured(queried).has(id));
    assert.deepEqual(missing, [], 'what a scrape has of an engine and Prometheus has not');
  });

  it('is queried on the timer, and the chart draws what is new', async () => {
    const { snapshots, stop } = collectSnapshots(api);
    await setSetting('scrape.interval', 1);
    await until(
      () => snapshots.filter(({ trigger, source }) => trigger === 'timer' && source).length >= 2,
      'two snapshots of the timer',
    );
    stop();
    await setSetting('scrape.interval', 0);
    await until(async () => {
      const drawn = await executeCommand<{ plots: { points: number }[] } | undefined>('skyrl.openChart', {
        measures: ['num_requests_running'],
        minutes: 5,
      });
      return (drawn?.plots[0]?.points ?? 0) >= 2;
    }, 'two points on the chart');
    await executeCommand('workbench.action.closeAllEditors');
  });

  it('gives scratchpads the run’s session, nodes and engines as variables', async () => {
    const { engines } = await executeCommand<Snapshot>('skyrl.scrape');
    const pad = await executeCommand<vscode.Uri>('skyrl.newScratchpad', {
      query: 'count(ray_vllm_num_requests_running{SessionName=~"$session", NodeAddress=~"$node", WorkerId=~"$engine"})',
    });
    const result = await executeCommand<vscode.Uri>('skyrl.runQuery', { uri: pad, line: 0 });
    const text = await until(async () => {
      const said = (await vscode.workspace.openTextDocument(result)).getText();
      return said.includes('series') && said;
    }, 'a result');
    const [, session = ''] = /\$session = (\S+)/.exec(text) ?? [];
    assert.match(session, /^session_/, text);
    const living = engines.filter(({ state }) => state !== 'dead' && state !== 'gone');
    for (const { workerId = '?' } of living) assert.ok(text.includes(workerId), text);
    assert.match(text, /1 series/);
    await executeCommand('workbench.action.closeAllEditors');
  });

  it('gives generation records their numbers', async () => {
    const asked = async (): Promise<number> =>
      Number((await prometheus.ask('sum(ray_vllm_prefix_cache_queries_total)'))[0]?.value[1]);
    await executeCommand('skyrl.startRecord', {});
    // What moved before the record does not count.
    const before = await asked();
    await until(async () => (await asked()) > before, 'engines that move');
    const event = await executeCommand<GenerationEvent>('skyrl.stopRecord', {});
    assert.ok(
      (event.prefix_cache_hit_rate ?? -1) > 0 && (event.prefix_cache_hit_rate ?? 2) <= 1,
      JSON.stringify(event),
    );
    assert.ok((event.kv_cache_usage_perc ?? -1) > 0, JSON.stringify(event));
  });

  for (const [server, state, message, start] of [
    [
      'a port without a server',
      'prometheus-failed',
      /refused.*Check whether Prometheus runs there/,
      () => Promise.resolve('http://127.0.0.1:1'),
    ],
    [
      'a server that requires a token',
      'prometheus-failed',
      /\(401\).*SkyRL: Set Token for Prometheus/,
      () => serve((response) => response.writeHead(401, { 'content-type': 'text/plain' }).end('Unauthorized\n')),
    ],
    [
      'a web page',
      'prometheus-failed',
      /not as a Prometheus.*web page/,
      () => serve((response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hello</h1>')),
    ],
    [
      'half an answer',
      'prometheus-failed',
      /broke off/,
      () =>
        serve((response) => {
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': '900' });
          response.write('{"status":"success","data":{"resultType":"vec');
          response.destroy();
        }),
    ],
    [
      'a server without series',
      'prometheus-empty',
      /looked for SessionName session_/,
      () =>
        serve((response) =>
          response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"success","data":[]}'),
        ),
    ],
    ['no address', 'prometheus-failed', /No Prometheus is chosen.*Select Prometheus/, () => Promise.resolve('')],
  ] as const) {
    it(`shows ${state} for ${server}, says what to do, and shows no number as live`, async () => {
      await setSetting('prometheus.url', await start());
      const snapshot = await executeCommand<Snapshot>('skyrl.scrape');
      await waitForState(api, state, message);
      assert.deepEqual([snapshot.measures, snapshot.values], [{}, {}]);
      assert.deepEqual(
        nodeRequests().filter(({ at }) => at > Date.now() - 500),
        [],
      );
    });
  }

  async function serve(handler: typeof answer): Promise<string> {
    answer = handler;
    return foreignUrl();
  }

  it('recovers when the server answers again', async () => {
    await setSetting('prometheus.url', prometheus.url);
    await executeCommand('skyrl.scrape');
    await waitForState(api, 'fresh');
  });

  it('can be set up with a scrape config of the cluster', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skyrl-written-'));
    const uris = await executeCommand<{ path: string; fsPath: string }[]>('skyrl.writeScrapeConfig', {
      folder: vscode.Uri.file(folder),
    });
    assert.deepEqual(
      uris.map(({ path }) => path.split('/').at(-1)),
      ['skyrl-prometheus.file_sd.yml', 'skyrl-prometheus.http_sd.yml', 'skyrl-targets.json', 'skyrl-alerts.yml'],
    );
    const targets = JSON.parse(readFileSync(uris[2]?.fsPath ?? '', 'utf8')) as { targets: string[] }[];
    assert.deepEqual(targets[0]?.targets.sort(), cluster.nodes.map(({ port }) => `127.0.0.1:${port}`).sort());
    const found = findPrometheus();
    assert.ok('path' in found);
    for (const { fsPath } of uris.slice(0, 2))
      assert.match(await runToEnd(promtool(found.path), ['check', 'config', fsPath]), /valid prometheus config/);
    rmSync(folder, { recursive: true });
  });

  it('is selected by SkyRL: Select Source', async () => {
    assert.equal(await executeCommand('skyrl.selectSource', { source: 'auto' }), 'auto');
    assert.equal((await executeCommand<Snapshot>('skyrl.scrape')).source, undefined);
  });
});
