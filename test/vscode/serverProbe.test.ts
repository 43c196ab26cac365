/** vLLM servers on the nodes of a run, found by their ports, in a real VS Code. */
import assert from 'node:assert/strict';
import type { Api } from '../../src/api';
import {
  freeLoopbackAddress,
  replayNative,
  startNodeAgent,
  startSmallDashboard,
  type NativeAnswers,
  type NativeReplay,
  type SmallDashboard,
} from '../demonstration/index';
import { skip } from './skip';
import {
  activate,
  executeCommand,
  configure,
  localConfig,
  readConnectionReport,
  waitForState,
  writeFile,
} from './support';

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
      skip(this, 'this machine has no second loopback address, and port 8000 of the first may be in use');
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

  it('are found by their port while stats are off', async () => {
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
    assert.match(await readConnectionReport(), /1 of 2 answer at ports 8000 \+ 100 k/);
  });

  it('are named with what was tried while stats are off and none answers', async () => {
    await native.fault({ kind: 'refuse' });
    await executeCommand('skyrl.scrape');
    const { message } = await waitForState(api, 'stats-off', /0 of 2 answer/);
    assert.match(message, new RegExp(node.replaceAll('.', '\\.')));
    await native.fault(undefined);
  });

  it('say whether their engine sleeps or is paused', async () => {
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

  it('describe the engine on Ray while stats are on', async () => {
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
