/** Answers of another Ray session at the addresses of this run. */
import assert from 'node:assert/strict';
import { HttpError } from '../../../src/http/httpGet';

import { finish, newCluster } from './collectorScene';

describe('answers of another Ray session', () => {
  it('leaves out the engines of another session that answer for this run’s nodes', async () => {
    const cluster = newCluster();
    const running = (worker: string, session: string, value: number): string =>
      `ray_vllm_num_requests_running{WorkerId="${worker}",Version="2.57.0",SessionName="${session}",engine="0"} ${value}\n`;
    cluster.answer.body = Buffer.from(running('aa', 'session_y', 5) + running('bb', 'session_x', 3));
    const { engines, measures, findings } = await finish(cluster, cluster.collector.scrape('api'));
    assert.deepEqual(
      [engines.map(({ id, name }) => [id, name]), measures['num_requests_running']?.value],
      [[['bb', 'engine 0']], 3],
    );
    const finding = findings.find(({ id }) => id === 'two-clusters');
    assert.match(
      finding?.message ?? '',
      /Another Ray session than session_x answers at http:\/\/127\.0\.0\.1:2\/metrics\./,
    );
  });

  it('names its engines as ever, although another dashboard’s actors were there before the first answer', async () => {
    const cluster = newCluster({ ray_version: '2.57.0', session_name: 'session_y' });
    cluster.answer.actors = { aa: { actorClass: 'VLLMServerActor', state: 'ALIVE', address: { workerId: 'aa' } } };
    cluster.answer.fail = new HttpError('refused', 'connection refused');
    const before = await finish(cluster, cluster.collector.scrape('api'));
    assert.deepEqual(
      before.engines.map(({ id, name }) => [id, name]),
      [['aa', 'engine 0']],
    );
    cluster.answer.version = { ray_version: '2.57.0', session_name: 'session_x' };
    cluster.answer.actors = {};
    delete cluster.answer.fail;
    cluster.answer.body = Buffer.from(
      'ray_vllm_num_requests_running{WorkerId="bb",SessionName="session_x",engine="0"} 3\n',
    );
    const { engines } = await finish(cluster, cluster.collector.scrape('api'));
    assert.deepEqual(
      engines.map(({ id, name }) => [id, name]),
      [['bb', 'engine 0']],
    );
  });
});
