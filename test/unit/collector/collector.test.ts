/** The collector against a made-up cluster: which requests it makes, and when it publishes a snapshot. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { HttpError } from '../../../src/http/httpGet';
import { noTokens } from '../../../src/discovery/token';
import { maxInputWaitMs } from '../../../src/collector/waitForInput';
import { settle } from '../support/clock';
import { body, dashboard, finish, newCluster, node, type Cluster } from './collectorScene';

const nodeRequests = ({ requestedUrls }: Cluster): number => requestedUrls.filter((url) => url === node).length;

describe('the collector', () => {
  it('waits for the config before its first scrape, and reads it then', async () => {
    const cluster = newCluster();
    let know = (): void => undefined;
    cluster.ready = new Promise((resolve) => (know = resolve));
    const scrape = cluster.collector.scrape('api');
    await cluster.clock.advance(maxInputWaitMs - 1000);
    assert.equal(cluster.requestedUrls.length, 0);
    assert.equal(cluster.collector.busy, true);
    cluster.input.discovery = {
      metricsPath: 'external-servers',
      serverUrls: ['http://127.0.0.1:3'],
      serverCount: 1,
      dashboardSetting: '',
      dashboardTyped: false,
      endpoints: [],
      endpointsTyped: false,
      tokens: noTokens,
      environment: {},
    };
    know();
    const { targets } = await finish(cluster, scrape);
    assert.deepEqual(
      targets.map(({ url }) => url),
      ['http://127.0.0.1:3/metrics'],
    );
    assert.ok(!cluster.requestedUrls.some((url) => url.startsWith(dashboard)));
    assert.equal(cluster.collector.round?.isWithoutConfig, undefined);
  });

  it('scrapes without the config after 10 s and remembers that, until a scrape knows the config', async () => {
    const cluster = newCluster();
    cluster.ready = new Promise(() => undefined);
    await finish(cluster, cluster.collector.scrape('command'));
    assert.equal(cluster.collector.round?.isWithoutConfig, true);
    assert.equal(cluster.clock.pending, 0);
    cluster.ready = Promise.resolve();
    await finish(cluster, cluster.collector.scrape('command'));
    assert.equal(cluster.collector.round?.isWithoutConfig, undefined);
  });

  it('leaves out the actors of a dashboard whose session the engines do not have', async () => {
    const cluster = newCluster({ ray_version: '2.57.0', session_name: 'session_2026-09-21_08-00-00_000001_77' });
    cluster.answer.body = readFileSync('test/fixtures/clusters/two-clusters/agent-8091.prom');
    cluster.answer.actors = { aa11: { actorClass: 'VLLMServerActor', state: 'ALIVE', address: { workerId: 'aa11' } } };
    const { engines, measures, findings } = await finish(cluster, cluster.collector.scrape('api'));
    assert.deepEqual(
      engines.map(({ id, state }) => [id, state]),
      [['bb22', 'active']],
    );
    assert.equal(measures['num_requests_running']?.value, 12);
    const finding = findings.find(({ id }) => id === 'two-clusters');
    assert.match(finding?.message ?? '', /_99, but the dashboard .* is of .*_77/);
    assert.match(finding?.advice ?? '', /skyrl\.ray\.dashboardUrl/);
  });

  it('ends the wait for the config when it is disposed of', async () => {
    const cluster = newCluster();
    cluster.ready = new Promise(() => undefined);
    const scrape = cluster.collector.scrape('api');
    cluster.collector.dispose();
    await assert.rejects(finish(cluster, scrape), /stopped/);
    assert.deepEqual(cluster.requestedUrls, []);
  });

  it('adds families that become wanted to its snapshot, also while a scrape runs', async () => {
    const cluster = newCluster();
    const labels = '{WorkerId="w1",Version="2.57.0",SessionName="session_x",engine="0"}';
    cluster.answer.body = Buffer.from(`ray_vllm_num_requests_running${labels} 1\nray_vllm_invented${labels} 7\n`);
    const { collector } = cluster;
    const invented = (): number | undefined => collector.snapshot?.measures['other/invented']?.value;
    let wanted = false;
    cluster.input.wantsOther = () => wanted;
    await finish(cluster, collector.scrape('api'));
    assert.equal(invented(), undefined);
    wanted = true;
    await collector.updateOther();
    assert.equal(invented(), 7);
    wanted = false;
    await finish(cluster, collector.scrape('api'));
    assert.equal(invented(), undefined);
    const scrape = finish(cluster, collector.scrape('api'));
    wanted = true;
    await Promise.all([scrape, collector.updateOther()]);
    assert.equal(invented(), 7);
    assert.equal(nodeRequests(cluster), 3);
  });

  it('identifies a run by its Ray session, even while no engine reports, and natively by its servers', async () => {
    const cluster = newCluster({ ray_version: '2.57.0', session_name: 'session_x' });
    assert.equal(cluster.collector.runId, '');
    cluster.answer.body = Buffer.from('ray_node_cpu_count 8\n');
    await finish(cluster, cluster.collector.scrape('api'));
    assert.equal(cluster.collector.runId, 'session_x');
    cluster.answer.body = body;
    await finish(cluster, cluster.collector.scrape('api'));
    assert.match(cluster.collector.runId, /^session_2/);
    cluster.input.discovery = {
      metricsPath: 'external-servers',
      serverUrls: ['http://127.0.0.1:4', 'http://127.0.0.1:3'],
      dashboardSetting: '',
      dashboardTyped: false,
      endpoints: [],
      endpointsTyped: false,
      environment: {},
      serverCount: 1,
      tokens: noTokens,
    };
    await finish(cluster, cluster.collector.scrape('api'));
    assert.equal(cluster.collector.runId, 'http://127.0.0.1:3/metrics http://127.0.0.1:4/metrics');
  });

  it('asks for Ray’s version before it scrapes a node', async () => {
    const cluster = newCluster();
    await finish(cluster, cluster.collector.scrape('command'));
    assert.equal(cluster.requestedUrls[0], `${dashboard}/api/version`);
    assert.ok(cluster.requestedUrls.indexOf(node) > 0);
  });

  it('answers all requests during a scrape with the scrape right after it', async () => {
    const cluster = newCluster();
    let open = (): void => undefined;
    cluster.answer.gate = new Promise((resolve) => {
      open = resolve;
    });
    const first = cluster.collector.scrape('command');
    const second = cluster.collector.scrape('api');
    const third = cluster.collector.scrape('command');
    assert.equal(second, third);
    open();
    const [one, two] = await finish(cluster, Promise.all([first, second]));
    assert.equal(cluster.snapshots.length, 2);
    assert.notEqual(one, two);
    assert.equal(nodeRequests(cluster), 2);
  });

  it('skips the timer’s scrape while another one runs', async () => {
    const cluster = newCluster();
    let open = (): void => undefined;
    cluster.answer.gate = new Promise((resolve) => {
      open = resolve;
    });
    const first = cluster.collector.scrape('command');
    await cluster.collector.tick();
    open();
    await finish(cluster, first);
    assert.equal(cluster.snapshots.length, 1);
  });

  it('scrapes a Ray that hands gauges to one reader on command and when told to, but not by the timer', async () => {
    const cluster = newCluster({ ray_version: '2.56.0' });
    await finish(cluster, cluster.collector.tick());
    assert.equal(nodeRequests(cluster), 0);
    assert.equal(cluster.collector.round?.hold, 'one-reader');
    await finish(cluster, cluster.collector.scrape('command'));
    assert.equal(nodeRequests(cluster), 1);
    cluster.input.ignoreHold = true;
    await finish(cluster, cluster.collector.tick());
    assert.equal(nodeRequests(cluster), 2);
  });

  it('holds the timer until a scrape on command found Ray’s version in the samples', async () => {
    const cluster = newCluster(null);
    await finish(cluster, cluster.collector.tick());
    assert.equal(cluster.collector.round?.hold, 'version-unknown');
    assert.equal(nodeRequests(cluster), 0);
    await finish(cluster, cluster.collector.scrape('command'));
    assert.equal(cluster.collector.round?.hold, undefined);
    await finish(cluster, cluster.collector.tick());
    assert.equal(nodeRequests(cluster), 2);
  });

  it('makes no request if none is allowed', async () => {
    const cluster = newCluster();
    cluster.input.requestsAllowed = false;
    const snapshot = await finish(cluster, cluster.collector.scrape('command'));
    assert.deepEqual([snapshot.targets, cluster.requestedUrls], [[], []]);
  });

  it('asks a failing target less and less often by the timer, and at once on command', async () => {
    const cluster = newCluster();
    await finish(cluster, cluster.collector.scrape('command'));
    cluster.answer.fail = new HttpError('refused', 'connection refused');
    const before = nodeRequests(cluster);
    for (let round = 0; round < 12; round += 1) {
      await finish(cluster, cluster.collector.tick());
      await cluster.clock.advance(10_000 - (cluster.clock.now() % 10_000));
    }
    const requests = nodeRequests(cluster) - before;
    assert.ok(requests >= 4 && requests <= 6, `${requests} requests in two minutes`);
    assert.equal(cluster.collector.snapshot?.targets[0]?.state, 'failed');
    await finish(cluster, cluster.collector.scrape('command'));
    assert.equal(nodeRequests(cluster) - before, requests + 1);
  });

  it('starts a new run with a new Ray session', async () => {
    const cluster = newCluster();
    await finish(cluster, cluster.collector.scrape('command'));
    const ids = cluster.collector.snapshot?.engines.map(({ id }) => id);
    const session = /SessionName="([^"]+)"/.exec(body.toString('latin1'))?.[1] ?? '';
    cluster.answer.body = Buffer.from(
      body
        .toString('latin1')
        .replaceAll(session, 'session_new')
        .replaceAll(/WorkerId="./g, 'WorkerId="f'),
      'latin1',
    );
    const snapshot = await finish(cluster, cluster.collector.scrape('command'));
    assert.equal(cluster.collector.round?.isNewSession, true);
    assert.equal(cluster.collector.raySession, 'session_new');
    assert.equal(snapshot.window, undefined);
    assert.ok(snapshot.engines.every(({ id }) => !ids?.includes(id)));
  });

  it('reads the last body of a target without a request, and asks a target that failed again', async () => {
    const cluster = newCluster();
    const {
      at,
      targets: [target],
    } = await finish(cluster, cluster.collector.scrape('command'));
    const url = target?.url ?? assert.fail();
    const requests = nodeRequests(cluster);
    await cluster.clock.advance(5000);
    const last = await finish(cluster, cluster.collector.readBody(url));
    assert.ok(last.text === body.toString('utf8'));
    assert.deepEqual([last.at, last.asked, nodeRequests(cluster)], [at, false, requests]);
    cluster.answer.fail = new HttpError('refused', 'connection refused');
    await finish(cluster, cluster.collector.scrape('command'));
    await assert.rejects(finish(cluster, cluster.collector.readBody(url)), /refused/);
    delete cluster.answer.fail;
    const now = await finish(cluster, cluster.collector.readBody(url));
    assert.ok(now.text === body.toString('utf8') && now.asked && now.at > last.at);
    await assert.rejects(
      finish(cluster, cluster.collector.readBody('http://127.0.0.1:9/metrics')),
      /not a target of this run/,
    );
  });

  it('ends the running scrape when it is disposed, and rejects afterwards', async () => {
    const cluster = newCluster();
    const running = cluster.collector.scrape('command');
    cluster.collector.dispose();
    await assert.rejects(finish(cluster, running), /stopped/);
    await assert.rejects(cluster.collector.scrape('api'), /stopped/);
    await settle();
    assert.equal(cluster.snapshots.length, 0);
  });
});
