/** Replayed recordings. */
import { strict as assert } from 'node:assert';
import type { JsonObject } from '../../demonstration/json';
import { replayNative, type NativeReplay } from '../../demonstration/replay/replayNative';
import { replay, type Replay } from '../../demonstration/replay/replay';
import { rayRecordings } from '../../demonstration/replay/recording';
import { getJson, httpRequest } from './httpRequest';

interface Summary {
  data: {
    summary: {
      raylet: { nodeManagerAddress: string; metricsExportPort: number; isHeadNode: boolean; state: string };
    }[];
  };
}
interface Actors {
  data: { actors: Record<string, { state: string }> };
}

describe('A replayed cluster', () => {
  let cluster: Replay;
  afterEach(() => cluster.close());

  for (const recording of rayRecordings) {
    it(`serves ${recording} byte for byte, at each step`, async () => {
      cluster = await replay({ recording });
      for (const [index, { bodies }] of cluster.steps.entries()) {
        cluster.step(index);
        for (const { node, bytes } of bodies) {
          const answer = await httpRequest(`${cluster.nodes[node]?.url}/metrics`);
          assert.equal(answer.type, 'text/plain; version=0.0.4; charset=utf-8');
          assert.ok(answer.body.equals(bytes));
        }
      }
      assert.equal(cluster.next().name, cluster.steps.at(-1)?.name);
    });

    it(`leads from the dashboard of ${recording} to the replaying nodes`, async () => {
      cluster = await replay({ recording });
      const ports = cluster.nodes.map(({ port }) => port);
      const [group] = await getJson<{ targets: string[] }[]>(`${cluster.dashboard.url}/api/prometheus/sd`);
      assert.deepEqual(group?.targets, [
        ...ports.map((port) => `127.0.0.1:${port}`),
        '127.0.0.1:44217',
        '127.0.0.1:44227',
      ]);
      const { data } = await getJson<Summary>(`${cluster.dashboard.url}/nodes?view=summary`);
      assert.deepEqual(data.summary.map(({ raylet }) => raylet.metricsExportPort).sort(), [...ports].sort());
      for (const { raylet } of data.summary) {
        assert.equal(raylet.nodeManagerAddress, '127.0.0.1');
        assert.equal(raylet.state, 'ALIVE');
        assert.equal(raylet.isHeadNode, raylet.metricsExportPort === ports[0]);
      }
      const version = await getJson<JsonObject>(`${cluster.dashboard.url}/api/version`);
      assert.ok(String(version['ray_version']).startsWith(recording.slice(4, 8)));
    });
  }

  it('answers with the JSON of the nearest step before the present one', async () => {
    cluster = await replay({ recording: 'ray-2.57' });
    const countDead = async (step: string): Promise<number> => {
      cluster.step(step);
      const { data } = await getJson<Actors>(`${cluster.dashboard.url}/logical/actors`);
      return Object.values(data.actors).filter(({ state }) => state === 'DEAD').length;
    };
    assert.deepEqual(
      [await countDead('01'), await countDead('08'), await countDead('09'), await countDead('12')],
      [0, 0, 1, 1],
    );
    assert.throws(() => cluster.step('99'));
  });

  it('serves a node’s body also on /, and compresses it only if accepted', async () => {
    cluster = await replay({ recording: 'ray-2.56' });
    const url = cluster.nodes[0]?.url ?? '';
    assert.ok((await httpRequest(`${url}/`)).body.equals(cluster.current.bodies[0]?.bytes ?? Buffer.alloc(0)));
    assert.equal(
      (await httpRequest(`${url}/metrics`, { headers: { 'Accept-Encoding': 'gzip' } })).headers['content-encoding'],
      'gzip',
    );
    assert.equal((await httpRequest(`${url}/other`)).status, 404);
  });
});

describe('A replayed native server', () => {
  let server: NativeReplay;
  beforeEach(async () => {
    server = await replayNative();
  });
  afterEach(() => server.close());

  it('serves metrics by step, and the recorded answers', async () => {
    for (const index of server.steps.keys()) {
      const { bodies } = server.step(index);
      assert.ok((await httpRequest(`${server.url}/metrics`)).body.equals(bodies[0]?.bytes ?? Buffer.alloc(0)));
    }
    assert.deepEqual(await getJson(`${server.url}/version`), { version: '0.32.0' });
    assert.deepEqual(await getJson(`${server.url}/is_sleeping`), { is_sleeping: false });
    assert.deepEqual(Object.keys(await getJson<JsonObject>(`${server.url}/server_info?config_format=json`)).sort(), [
      'system_env',
      'vllm_config',
      'vllm_env',
    ]);
  });

  it('refuses and logs requests that would change a run', async () => {
    assert.equal((await httpRequest(`${server.url}/sleep`, { method: 'POST' })).status, 405);
    assert.deepEqual(
      server.requests.map(({ method, url }) => `${method} ${url}`),
      ['POST /sleep'],
    );
  });
});
