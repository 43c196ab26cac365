/** The timer: how often it scrapes, never two scrapes at a time, and when it pauses. */
import assert from 'node:assert/strict';
import type { Api, Snapshot } from '../../src/api';
import { replay, type Replay } from '../demonstration/index';
import { newRun, nodeRequests } from './clusters';
import {
  activate,
  assertHarmless,
  collectSnapshots,
  executeCommand,
  configure,
  localConfig,
  pathOf,
  setSetting,
  sleep,
  waitForState,
  until,
  writeFile,
} from './support';

describe('the timer', () => {
  let api: Api;
  let cluster: Replay;
  const nodeTimes = (): number[] => (cluster.nodes[0]?.requests ?? []).map(({ at }) => at);
  const gaps = (times: number[]): number[] => times.slice(1).map((time, index) => time - (times[index] ?? 0));

  before(async () => {
    api = await activate();
    cluster = await replay({ recording: 'ray-2.57' });
    await writeFile('config/one.yaml', localConfig('num_engines: 3'));
    await configure({ 'ray.dashboardUrl': cluster.dashboard.url });
    await executeCommand('skyrl.metrics.focus');
  });

  afterEach(async () => {
    await setSetting('scrape.interval', 0);
    for (const node of cluster.nodes) await node.fault(undefined);
    await executeCommand('skyrl.startTimer');
    // It comes after a scrape that still runs.
    await api.scrape();
    assertHarmless(cluster.requests());
    cluster.forgetRequests();
  });

  after(async () => {
    await configure();
    await cluster.close();
  });

  it('scrapes every interval', async () => {
    const { snapshots, stop } = collectSnapshots(api);
    cluster.forgetRequests();
    await setSetting('scrape.interval', 0.6);
    await until(() => snapshots.length >= 4, 'four scrapes');
    stop();
    assert.ok(snapshots.every(({ trigger }) => trigger === 'timer'));
    // A request that a busy machine delays makes one gap longer and the next one shorter; their sum stays.
    const times = nodeTimes().slice(0, 4);
    const all = (times.at(-1) ?? 0) - (times[0] ?? 0);
    assert.ok(all > 3 * 600 - 300 && all < 3 * 2000, `${all} ms for three intervals`);
    assert.ok(Math.min(...gaps(times)) > 250, `${gaps(times).join(', ')} ms`);
  });

  it('never runs two scrapes at a time, even if a target is slow', async () => {
    await cluster.nodes[0]?.fault({ kind: 'slow', ms: 700 });
    const { snapshots, stop } = collectSnapshots(api);
    cluster.forgetRequests();
    await setSetting('scrape.interval', 0.2);
    await until(() => snapshots.length >= 3, 'three scrapes');
    stop();
    for (const gap of gaps(nodeTimes())) assert.ok(gap >= 680, `${gap} ms`);
  });

  it('runs one scrape right after the running one for all that ask meanwhile', async () => {
    await cluster.nodes[0]?.fault({ kind: 'slow', ms: 500 });
    cluster.forgetRequests();
    const running = api.scrape();
    await until(() => nodeTimes().length === 1, 'a request');
    const [one, two, three] = await Promise.all([api.scrape(), api.scrape(), executeCommand<Snapshot>('skyrl.scrape')]);
    const first = await running;
    assert.equal(one, two);
    assert.equal(one, three);
    assert.notEqual(one, first);
    assert.equal(nodeTimes().length, 2);
    assert.ok((gaps(nodeTimes())[0] ?? 0) >= 480);
  });

  it('runs a scrape on command right after its own', async () => {
    await cluster.nodes[0]?.fault({ kind: 'slow', ms: 500 });
    const { snapshots, stop } = collectSnapshots(api);
    cluster.forgetRequests();
    await setSetting('scrape.interval', 30);
    // The last scrape is less than 30 s ago, so that none is due yet.
    assert.equal(nodeTimes().length, 0);
    await setSetting('scrape.interval', 0.3);
    await until(() => nodeTimes().length === 1, 'the timer’s request');
    const snapshot = await api.scrape();
    stop();
    assert.equal(snapshot.trigger, 'api');
    assert.deepEqual(
      snapshots.slice(0, 2).map(({ trigger }) => trigger),
      ['timer', 'api'],
    );
  });

  it('does not run if the interval is 0', async () => {
    cluster.forgetRequests();
    await sleep(1000);
    assert.deepEqual(cluster.requests(), []);
    assert.equal((await executeCommand<Snapshot>('skyrl.scrape')).trigger, 'command');
    assert.equal(nodeTimes().length, 1);
  });

  it('stops and starts on command', async () => {
    await setSetting('scrape.interval', 0.3);
    await until(() => api.snapshot?.trigger === 'timer', 'a scrape by the timer');
    await executeCommand('skyrl.stopTimer');
    await waitForState(api, 'timer-stopped', /old/);
    await sleep(400);
    cluster.forgetRequests();
    await sleep(800);
    assert.deepEqual(cluster.requests(), []);
    await executeCommand('skyrl.startTimer');
    await until(() => nodeTimes().length > 0, 'a scrape by the timer');
    await waitForState(api, 'fresh');
  });

  it('continues after a dashboard was away', async () => {
    await setSetting('scrape.interval', 0.3);
    await cluster.dashboard.fault({ kind: 'refuse' });
    await waitForState(api, 'refused');
    await cluster.dashboard.fault(undefined);
    await waitForState(api, 'fresh');
  });

  it('asks a failing target less and less often, and at once on command', async () => {
    await cluster.nodes[1]?.fault({ kind: 'status', status: 500 });
    const { snapshots, stop } = collectSnapshots(api);
    cluster.forgetRequests();
    await setSetting('scrape.interval', 0.4);
    await until(() => snapshots.length >= 6, 'six scrapes');
    stop();
    const failing = cluster.nodes[1]?.requests.length ?? 0;
    assert.ok(failing < nodeTimes().length, `${failing} of ${nodeTimes().length}`);
    assert.ok(
      snapshots.every(({ targets }) => targets[1]?.state === 'failed' && targets[1].error === 'HTTP 500'),
      'it counts as failed meanwhile',
    );
    await api.scrape();
    assert.ok((cluster.nodes[1]?.requests.length ?? 0) > failing);
  });
});

describe('the timer on a Ray that hands each gauge to one reader', () => {
  let api: Api;
  let cluster: Replay;
  const dashboardPaths = (): string[] => cluster.dashboard.requests.map(pathOf);

  before(async () => {
    api = await activate();
    cluster = await replay({ recording: 'ray-2.56' });
  });

  beforeEach(async () => {
    await configure({ 'ray.dashboardUrl': cluster.dashboard.url });
    cluster.forgetRequests();
  });

  afterEach(async () => {
    await setSetting('scrape.interval', 0);
    await executeCommand('skyrl.startTimer');
    await cluster.dashboard.fault(undefined, '/api/version');
    assertHarmless(cluster.requests());
  });

  after(async () => {
    await configure();
    await cluster.close();
  });

  it('asks the dashboard and never a node, and says why', async () => {
    await setSetting('scrape.interval', 0.3);
    await until(() => dashboardPaths().filter((path) => path === '/api/version').length >= 3, 'three rounds');
    await waitForState(api, 'held', /SkyRL’s own log/);
    assert.equal(nodeRequests(cluster), 0);
  });

  it('pauses again after a scrape on command', async () => {
    await setSetting('scrape.interval', 0.3);
    await waitForState(api, 'held');
    const snapshot = await executeCommand<Snapshot>('skyrl.scrape');
    assert.deepEqual(
      snapshot.targets.map(({ state }) => state),
      ['ok'],
    );
    assert.equal(
      snapshot.values['vllm/num_requests_running'],
      cluster.current.skyrlValues['vllm/num_requests_running'],
    );
    await sleep(900);
    assert.equal(nodeRequests(cluster), 1);
    await waitForState(api, 'held');
  });

  for (const [id, ...args] of [['skyrl.scrapeAnyway'], ['skyrl.startTimer', { anyway: true }]] as const) {
    it(`scrapes on the timer after ${id} ${args.length > 0 ? JSON.stringify(args[0]) : ''}`, async () => {
      await setSetting('scrape.interval', 0.3);
      await waitForState(api, 'held');
      await executeCommand(id, ...args);
      await until(() => nodeRequests(cluster) >= 2, 'two scrapes by the timer');
      await until(() => api.status.state !== 'held', 'not held');
      assert.equal(api.snapshot?.trigger, 'timer');
      await executeCommand('skyrl.startTimer');
      await waitForState(api, 'held');
    });
  }

  it('pauses while the version is unknown, until a scrape on command finds it out', async () => {
    const current = await replay({ recording: 'ray-2.57' });
    await current.dashboard.fault({ kind: 'status', status: 404 }, '/api/version');
    await configure({ 'ray.dashboardUrl': current.dashboard.url, 'scrape.interval': 0.3 });
    await waitForState(api, 'held', /version is not known/);
    assert.equal(nodeRequests(current), 0);
    await api.scrape();
    await until(() => api.snapshot?.trigger === 'timer', 'a scrape by the timer');
    await configure();
    await current.close();
  });

  it('does not apply the version of one cluster to another', async () => {
    const current = await replay({ recording: 'ray-2.57' });
    await setSetting('ray.dashboardUrl', current.dashboard.url);
    await api.scrape();
    await cluster.dashboard.fault({ kind: 'status', status: 404 }, '/api/version');
    await setSetting('ray.dashboardUrl', cluster.dashboard.url);
    await setSetting('scrape.interval', 0.3);
    await waitForState(api, 'held', /version is not known/);
    assert.equal(nodeRequests(cluster), 0);
    await newRun(api, cluster);
    await current.close();
  });
});
