/** Dashboards with a token, servers on nodes, runs that share a cluster, and the diagnosis: in a real VS Code, against servers that count. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Api } from '../../src/api';
import {
  serverBodies,
  freeLoopbackAddress,
  replay,
  replayNative,
  serve,
  startNodeAgent,
  startSmallDashboard,
  text,
  type FixtureServer,
  type NativeAnswers,
  type NativeReplay,
  type Replay,
  type SmallDashboard,
} from '../demonstration/index';
import { skip } from './skip';
import {
  activate,
  executeCommand,
  configure,
  setEnvironment,
  localConfig,
  setSetting,
  waitForState,
  writeFile,
} from './support';

const secret = 'tok-0815-nobody-sees-it';

const readReport = async (): Promise<string> => {
  const uri = await executeCommand<vscode.Uri>('skyrl.diagnose');
  assert.ok(uri instanceof vscode.Uri);
  return (await vscode.workspace.openTextDocument(uri)).getText();
};

describe('a dashboard with a token', () => {
  let api: Api;
  let cluster: Replay;
  let restore: () => void = () => undefined;
  const sent = (server: FixtureServer): unknown[] => [
    ...new Set(server.requests.map(({ headers }) => headers.authorization)),
  ];

  before(async () => {
    api = await activate();
    cluster = await replay({ recording: 'ray-2.57', token: secret });
    await configure({ 'ray.dashboardUrl': cluster.dashboard.url });
    await executeCommand('skyrl.selectConfig', {
      uri: await writeFile('config/one.yaml', localConfig('num_engines: 3')),
    });
  });
  beforeEach(() => cluster.forgetRequests());
  afterEach(async () => {
    restore();
    restore = () => undefined;
    for (const { requests } of cluster.nodes)
      assert.ok(!JSON.stringify(requests).includes(secret), 'a node saw the token');
    assert.ok(!JSON.stringify([api.snapshot, api.status]).includes(secret));
    assert.ok(!(await readReport()).includes(secret));
    await executeCommand('skyrl.clearToken', { origin: cluster.dashboard.url });
  });
  after(async () => {
    await configure();
    await cluster.close();
  });

  it('without one: unauthorised, with the way to set it', async () => {
    await api.scrape();
    const { message } = await waitForState(api, 'unauthorised', /401/);
    assert.match(message, new RegExp(cluster.dashboard.url));
    assert.deepEqual(sent(cluster.dashboard), [undefined]);
    assert.match(await readReport(), /Token: none found, none sent/);
  });

  it('with a wrong one: forbidden', async () => {
    assert.equal(
      await executeCommand('skyrl.setToken', { origin: `${cluster.dashboard.url}/`, token: 'wrong' }),
      cluster.dashboard.url,
    );
    await api.scrape();
    await waitForState(api, 'forbidden', /403/);
  });

  it('with the right one: its nodes and actors, and nobody else sees it; cleared, it is gone', async () => {
    await executeCommand('skyrl.setToken', { origin: cluster.dashboard.url, token: ` ${secret}\n` });
    const { targets, engines } = await api.scrape();
    assert.deepEqual(
      targets.map(({ state }) => state),
      ['ok', 'ok'],
    );
    assert.ok(engines.some(({ job, startedAt }) => job === '01000000' && startedAt !== undefined));
    assert.deepEqual(sent(cluster.dashboard), [`Bearer ${secret}`]);
    assert.match(await readReport(), /Token: sent, given by SkyRL: Set Dashboard Token/);
    await executeCommand('skyrl.clearToken', { origin: cluster.dashboard.url });
    await api.scrape();
    await waitForState(api, 'unauthorised');
  });

  it('is bound to its origin', async () => {
    await executeCommand('skyrl.setToken', { origin: 'http://127.0.0.1:1', token: secret });
    await api.scrape();
    await waitForState(api, 'unauthorised');
    assert.deepEqual(sent(cluster.dashboard), [undefined]);
    await executeCommand('skyrl.clearToken', { origin: 'http://127.0.0.1:1' });
  });

  it('from RAY_AUTH_TOKEN it goes to this machine', async () => {
    restore = setEnvironment({ RAY_AUTH_TOKEN: secret });
    assert.equal((await api.scrape()).targets.length, 2);
    assert.match(await readReport(), /Token: sent, from RAY_AUTH_TOKEN/);
  });

  it('from RAY_AUTH_TOKEN it does not go to a host that only this workspace names', async () => {
    restore = setEnvironment({ RAY_AUTH_TOKEN: secret });
    await setSetting('ray.dashboardUrl', 'http://skyrl-dashboard.invalid:8265');
    await api.scrape();
    await waitForState(api, 'name-not-resolved');
    assert.match(await readReport(), /found in RAY_AUTH_TOKEN, not sent/);
    await setSetting('ray.dashboardUrl', cluster.dashboard.url);
  });

  it('an address that is none is refused in words', async () => {
    await assert.rejects(executeCommand('skyrl.setToken', { origin: 'file:///etc', token: 'x' }), /http or https/);
    await assert.rejects(
      executeCommand('skyrl.setToken', { origin: cluster.dashboard.url, token: 'two words' }),
      /one word/,
    );
  });
});

describe('servers on the run’s nodes', () => {
  let api: Api;
  let node = '';
  let native: NativeReplay;
  let dashboard: SmallDashboard;
  const answers: NativeAnswers = {};
  const useConfig = async (...lines: string[]): Promise<void> => {
    await executeCommand('skyrl.selectConfig', { uri: await writeFile('config/one.yaml', localConfig(...lines)) });
  };

  before(async function () {
    api = await activate();
    node =
      (await freeLoopbackAddress()) ??
      skip(this, 'this machine has no second loopback address, so port 8000 is not the tests’ to take');
    native = await replayNative({ host: node, port: 8000 }, answers);
    dashboard = await startSmallDashboard({ targets: [`${node}:1`], actors: [{ worker: 'w1', node }] });
    await configure({ 'ray.dashboardUrl': dashboard.url });
  });
  afterEach(() => {
    for (const { method } of [...native.requests, ...dashboard.requests]) assert.equal(method, 'GET');
    native.requests.splice(0);
  });
  after(async () => {
    await useConfig('num_engines: 3');
    await configure();
    await native.close();
    await dashboard.close();
  });

  it('stats off: the server’s own metrics are found by its port', async () => {
    await useConfig('num_engines: 2', 'enable_ray_prometheus_stats: false');
    native.step('02');
    await api.scrape();
    native.step('03');
    const { targets, engines, measures } = await api.scrape();
    assert.deepEqual(
      targets.map(({ url, kind, state }) => [url, kind, state]),
      [[`${native.url}/metrics`, 'vllm', 'ok']],
    );
    assert.ok((measures['generation_throughput_tok_s']?.value ?? 0) > 0);
    assert.equal(engines.find(({ server }) => server)?.server?.version, '0.32.0');
    assert.match(await readReport(), /1 of 2 answer at ports 8000 \+ 100 k/);
  });

  it('stats off, nobody there: stats-off, with what was tried', async () => {
    await native.fault({ kind: 'refuse' });
    await executeCommand('skyrl.scrape');
    const { message } = await waitForState(api, 'stats-off', /0 of 2 answer/);
    assert.match(message, new RegExp(node.replaceAll('.', '\\.')));
    await native.fault(undefined);
  });

  it('an engine whose server says that it sleeps, or is paused, does', async () => {
    for (const [path, value, state] of [
      ['/is_sleeping', { is_sleeping: true }, 'asleep'],
      ['/is_paused', { is_paused: true }, 'paused'],
    ] as const) {
      answers[path] = value;
      await executeCommand('skyrl.scrape');
      assert.deepEqual(
        api.snapshot?.engines.filter(({ state: now }) => now !== 'gone').map(({ state: now }) => now),
        [state],
      );
      Reflect.deleteProperty(answers, path);
    }
  });

  it('stats on: what the server says is laid to the engine on Ray', async () => {
    await useConfig('num_engines: 1');
    const body =
      'ray_vllm_num_requests_running{WorkerId="w1",Version="2.57.0",SessionName="session_small",engine="0"} 0\nray_vllm_generation_tokens_total{WorkerId="w1",engine="0"} 5\n';
    const agent = await startNodeAgent(() => Buffer.from(body));
    dashboard.cluster.targets = [`127.0.0.1:${agent.port}`];
    answers['/is_sleeping'] = { is_sleeping: true };
    answers['/weight_info'] = { weight_version: 'step-12' };
    await executeCommand('skyrl.scrape');
    const engine = api.snapshot?.engines.find(({ id }) => id === 'w1');
    assert.deepEqual([engine?.state, engine?.server?.weightVersion], ['asleep', 'step-12']);
    assert.deepEqual(native.requests.map(({ url }) => url).sort(), [
      '/is_paused',
      '/is_sleeping',
      '/version',
      '/weight_info',
    ]);
    await agent.close();
  });
});

describe('runs that share a cluster', () => {
  let api: Api;
  let agent: FixtureServer;
  let dashboard: SmallDashboard;
  const line = (worker: string, running: number): string =>
    `ray_vllm_num_requests_running{WorkerId="${worker}",Version="2.57.0",SessionName="session_two",engine="0",model_name="m"} ${running}\n`;
  const shown = async (): Promise<[string[], number | undefined]> => {
    const { engines, measures } = await api.scrape();
    return [engines.map(({ id }) => id), measures['num_requests_running']?.value];
  };

  before(async () => {
    api = await activate();
    agent = await startNodeAgent(() => Buffer.from(line('a1', 1) + line('a2', 2) + line('b1', 40)));
    const node = '127.0.0.1';
    dashboard = await startSmallDashboard({
      session: 'session_two',
      targets: [`127.0.0.1:${agent.port}`],
      actors: [
        { worker: 'a1', node, job: '01' },
        { worker: 'a2', node, job: '01' },
        { worker: 'b1', node, job: '02', startedAt: 9 },
      ],
    });
    await configure({ 'ray.dashboardUrl': dashboard.url });
  });
  after(async () => {
    await executeCommand('skyrl.selectRun', {});
    await configure();
    await agent.close();
    await dashboard.close();
  });

  it('stay apart by the number of engines that the config has', async () => {
    await executeCommand('skyrl.selectConfig', {
      uri: await writeFile('config/one.yaml', localConfig('num_engines: 2')),
    });
    assert.deepEqual(await shown(), [['a1', 'a2'], 3]);
    const finding = api.snapshot?.findings.find(({ id }) => id === 'several-runs');
    assert.match(finding?.message ?? '', /job 01 .*2 engines, as the config says/);
    assert.equal(api.snapshot?.values['vllm/num_requests_running'], 43, 'SkyRL’s own scraper does not tell runs apart');
  });

  it('a person’s choice comes first', async () => {
    assert.equal(await executeCommand('skyrl.selectRun', { job: '02' }), '02');
    assert.deepEqual(await shown(), [['b1'], 40]);
    await executeCommand('skyrl.selectRun', {});
    assert.deepEqual((await shown())[1], 3);
  });

  it('a run that ends leaves the other', async () => {
    dashboard.cluster.actors =
      dashboard.cluster.actors?.map((actor) => (actor.job === '01' ? { ...actor, state: 'DEAD' } : actor)) ?? [];
    assert.deepEqual(await shown(), [['b1'], 40]);
    assert.ok(!api.snapshot?.findings.some(({ id }) => id === 'several-runs'));
  });
});

describe('what stands between requests and engines', () => {
  it('is told apart by what it shows', async () => {
    const api = await activate();
    const [router, worker, frontend] = await Promise.all(
      [serverBodies.router(), serverBodies.dynamoWorker(3), serverBodies.dynamoFrontend(3)].map((body) =>
        serve(({ pathname }) => (pathname === '/metrics' ? text(200, body) : text(404, ''))),
      ),
    );
    await configure({ endpoints: [router?.url, worker?.url, frontend?.url], 'ray.dashboardUrl': 'http://127.0.0.1:1' });
    const { targets, engines, findings } = await api.scrape();
    assert.deepEqual(
      targets.map(({ kind, about, state }) => [kind, about, state]),
      [
        ['router', 'a vLLM router', 'empty'],
        ['dynamo', 'a Dynamo worker with LMCache', 'ok'],
        ['router', 'a Dynamo frontend', 'empty'],
      ],
    );
    assert.equal(engines.filter(({ state }) => state !== 'gone' && state !== 'dead').length, 1);
    assert.equal(findings.filter(({ id }) => id === 'router-not-engine').length, 2);
    await configure();
    for (const server of [router, worker, frontend]) await server?.close();
  });
});

describe('the diagnosis', () => {
  it('shows a stranger’s text as text, and no password', async () => {
    const api = await activate();
    const dashboard = await startSmallDashboard({
      version: '2.57.0`](command:evil) <img src=x onerror=alert(1)> @everyone',
      session: '```\n# x',
      targets: [],
    });
    await configure({
      'ray.dashboardUrl': dashboard.url,
      endpoints: ['http://user:hunter2@127.0.0.1:1/metrics?key=hunter3'],
    });
    const document = await readReport();
    assert.doesNotMatch(document, /hunter/);
    for (const line of document.split('\n')) {
      const outside = line.replace(/`[^`]*`/g, '');
      assert.doesNotMatch(outside, /<img|command:|@everyone|onerror/, line);
      assert.equal((line.match(/`/g) ?? []).length % 2, 0, line);
    }
    for (const title of [
      '## State',
      '## 1. Config',
      '## 3. Ray',
      '## 5. Source',
      '## 6. Targets',
      '## Requests of the last round',
    ])
      assert.ok(document.includes(title), title);
    assert.match(document, /connection refused.*Nothing listens there/);
    assert.equal(api.snapshot?.targets.at(-1)?.url.includes('hunter2'), false);
    await configure();
    await dashboard.close();
  });
});
