/** Several runs on one cluster, in a real VS Code: told apart, and selected. */
import assert from 'node:assert/strict';
import type { Api } from '../../src/api';
import { startNodeAgent, startSmallDashboard, type FixtureServer, type SmallDashboard } from '../demonstration/index';
import { activate, executeCommand, configure, localConfig, writeFile } from './support';

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

  it('are told apart by the number of engines in the config', async () => {
    await executeCommand('skyrl.selectConfig', {
      uri: await writeFile('config/one.yaml', localConfig('num_engines: 2')),
    });
    assert.deepEqual(await shown(), [['a1', 'a2'], 3]);
    const finding = api.snapshot?.findings.find(({ id }) => id === 'several-runs');
    assert.match(finding?.message ?? '', /job 01 .*2 engines, as the config says/);
    assert.equal(api.snapshot?.values['vllm/num_requests_running'], 43, 'SkyRL’s own scraper does not tell runs apart');
  });

  it('are shown as a person chooses', async () => {
    assert.equal(await executeCommand('skyrl.selectRun', { job: '02' }), '02');
    assert.deepEqual(await shown(), [['b1'], 40]);
    await executeCommand('skyrl.selectRun', {});
    assert.deepEqual((await shown())[1], 3);
  });

  it('leave the other one when one ends', async () => {
    dashboard.cluster.actors =
      dashboard.cluster.actors?.map((actor) => (actor.job === '01' ? { ...actor, state: 'DEAD' } : actor)) ?? [];
    assert.deepEqual(await shown(), [['b1'], 40]);
    assert.ok(!api.snapshot?.findings.some(({ id }) => id === 'several-runs'));
  });
});
