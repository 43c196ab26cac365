import assert from 'node:assert/strict';
import type { Snapshot } from '../../../src/api';
import { HttpError, type HttpGet } from '../../../src/http/httpGet';
import { noTokens } from '../../../src/discovery/token';
import { Collector } from '../../../src/collector/collector';
import type { CollectorInput } from '../../../src/collector/round';
import { loadRecording } from '../../demonstration/replay/recording';
import { manualClock, settle, type ManualClock } from '../support/clock';
import { catalogIndex } from '../support/catalogIndex';

const dashboard = 'http://127.0.0.1:1';
const node = 'http://127.0.0.1:2/metrics';
const body = loadRecording('ray-2.57').steps[2]?.bodies[0]?.bytes ?? Buffer.alloc(0);

interface World {
  clock: ManualClock;
  monitor: Collector;
  asked: string[];
  /** What the next requests meet. */
  answer: { version: unknown; body: Buffer; fail?: HttpError; gate?: Promise<void> };
  input: Partial<CollectorInput>;
  snapshots: Snapshot[];
}

function world(version: unknown = { ray_version: '2.57.0', session_name: 'session_x' }): World {
  const clock = manualClock(Date.UTC(2026, 10, 24));
  const asked: string[] = [];
  const answer: World['answer'] = { version, body };
  const snapshots: Snapshot[] = [];
  const input: World['input'] = {};
  const json: Record<string, () => unknown> = {
    '/api/version': () => answer.version,
    '/api/prometheus/sd': () => [{ labels: {}, targets: ['127.0.0.1:2'] }],
    '/logical/actors': () => ({ data: { actors: {} } }),
  };
  const get: HttpGet = async (url, { onChunk }) => {
    asked.push(url);
    await answer.gate;
    const path = new URL(url).pathname;
    const bytes = path === '/metrics' ? answer.body : Buffer.from(JSON.stringify(json[path]?.()));
    if (path === '/metrics' && answer.fail) throw answer.fail;
    if (path === '/api/version' && answer.version === null) throw new HttpError('status', 'HTTP 404', 404);
    onChunk?.(bytes);
    return { at: clock.now(), bytes: bytes.length, mediaType: '', framed: true };
  };
  const monitor = new Collector({
    catalogIndex,
    get,
    clock,
    onChange: () => undefined,
    onSnapshot: (snapshot) => snapshots.push(snapshot),
    input: () => ({
      discovery: {
        metricsPath: 'ray',
        serverUrls: [],
        serverCount: 1,
        dashboardSetting: dashboard,
        dashboardTyped: true,
        endpoints: [],
        endpointsTyped: false,
        tokens: noTokens,
        environment: { RAY_TMPDIR: '/nonexistent', HOME: '/nonexistent' },
      },
      requestsAllowed: true,
      expectedEngines: 2,
      timeoutMs: 1000,
      intervalMs: 10_000,
      ignoreHold: false,
      ...input,
    }),
  });
  return { clock, monitor, asked, answer, input, snapshots };
}

/** Lets time pass until it is done; the service-discovery file is looked for on the real disk. */
const finish = async <T>(w: World, promise: Promise<T>): Promise<T> => {
  let done = false;
  const settled = promise.finally(() => {
    done = true;
  });
  settled.catch(() => undefined);
  while (!done) await w.clock.advance(50);
  return settled;
};
const nodeRequests = (w: World): number => w.asked.filter((url) => url === node).length;

describe('the monitor', () => {
  it('knows a run by its Ray session, also while no engine reports, and natively by its servers', async () => {
    const w = world({ ray_version: '2.57.0', session_name: 'session_x' });
    assert.equal(w.monitor.runId, '');
    w.answer.body = Buffer.from('ray_node_cpu_count 8\n');
    await finish(w, w.monitor.scrape('api'));
    assert.equal(w.monitor.runId, 'session_x');
    w.answer.body = body;
    await finish(w, w.monitor.scrape('api'));
    assert.match(w.monitor.runId, /^session_2/);
    w.input.discovery = {
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
    await finish(w, w.monitor.scrape('api'));
    assert.equal(w.monitor.runId, 'http://127.0.0.1:3/metrics http://127.0.0.1:4/metrics');
  });

  it('asks for Ray’s version before it touches a node', async () => {
    const w = world();
    await finish(w, w.monitor.scrape('command'));
    assert.equal(w.asked[0], `${dashboard}/api/version`);
    assert.ok(w.asked.indexOf(node) > 0);
  });

  it('gives everyone who asks during a scrape the one that comes right after', async () => {
    const w = world();
    let open = (): void => undefined;
    w.answer.gate = new Promise((resolve) => {
      open = resolve;
    });
    const first = w.monitor.scrape('command');
    const second = w.monitor.scrape('api');
    const third = w.monitor.scrape('command');
    assert.equal(second, third);
    open();
    const [one, two] = await finish(w, Promise.all([first, second]));
    assert.equal(w.snapshots.length, 2);
    assert.notEqual(one, two);
    assert.equal(nodeRequests(w), 2);
  });

  it('lets the timer pass while a scrape runs', async () => {
    const w = world();
    let open = (): void => undefined;
    w.answer.gate = new Promise((resolve) => {
      open = resolve;
    });
    const first = w.monitor.scrape('command');
    await w.monitor.tick();
    open();
    await finish(w, first);
    assert.equal(w.snapshots.length, 1);
  });

  it('touches no node by the timer on a Ray that hands gauges to one reader, but does on command and when told to', async () => {
    const w = world({ ray_version: '2.56.0' });
    await finish(w, w.monitor.tick());
    assert.equal(nodeRequests(w), 0);
    assert.equal(w.monitor.round?.hold, 'one-reader');
    await finish(w, w.monitor.scrape('command'));
    assert.equal(nodeRequests(w), 1);
    w.input.ignoreHold = true;
    await finish(w, w.monitor.tick());
    assert.equal(nodeRequests(w), 2);
  });

  it('waits for the first scrape on command while Ray’s version is unknown, and learns it from the samples', async () => {
    const w = world(null);
    await finish(w, w.monitor.tick());
    assert.equal(w.monitor.round?.hold, 'version-unknown');
    assert.equal(nodeRequests(w), 0);
    await finish(w, w.monitor.scrape('command'));
    assert.equal(w.monitor.round?.hold, undefined);
    await finish(w, w.monitor.tick());
    assert.equal(nodeRequests(w), 2);
  });

  it('asks nobody where nothing is allowed', async () => {
    const w = world();
    w.input.requestsAllowed = false;
    const snapshot = await finish(w, w.monitor.scrape('command'));
    assert.deepEqual([snapshot.targets, w.asked], [[], []]);
  });

  it('asks a failing target less and less often by the timer, at once on command', async () => {
    const w = world();
    await finish(w, w.monitor.scrape('command'));
    w.answer.fail = new HttpError('refused', 'connection refused');
    const before = nodeRequests(w);
    for (let round = 0; round < 12; round += 1) {
      await finish(w, w.monitor.tick());
      await w.clock.advance(10_000 - (w.clock.now() % 10_000));
    }
    const asked = nodeRequests(w) - before;
    assert.ok(asked >= 4 && asked <= 6, `${asked} requests in two minutes`);
    assert.equal(w.monitor.snapshot?.targets[0]?.state, 'failed');
    await finish(w, w.monitor.scrape('command'));
    assert.equal(nodeRequests(w) - before, asked + 1);
  });

  it('begins a new run with a new Ray session', async () => {
    const w = world();
    await finish(w, w.monitor.scrape('command'));
    const ids = w.monitor.snapshot?.engines.map(({ id }) => id);
    const session = /SessionName="([^"]+)"/.exec(body.toString('latin1'))?.[1] ?? '';
    w.answer.body = Buffer.from(
      body
        .toString('latin1')
        .replaceAll(session, 'session_new')
        .replaceAll(/WorkerId="./g, 'WorkerId="f'),
      'latin1',
    );
    const snapshot = await finish(w, w.monitor.scrape('command'));
    assert.equal(w.monitor.round?.isNewSession, true);
    assert.equal(w.monitor.raySession, 'session_new');
    assert.equal(snapshot.window, undefined);
    assert.ok(snapshot.engines.every(({ id }) => !ids?.includes(id)));
  });

  it('shows the last answer of a target without a request; one that failed is asked once more', async () => {
    const w = world();
    const {
      at,
      targets: [target],
    } = await finish(w, w.monitor.scrape('command'));
    const url = target?.url ?? assert.fail();
    const asked = nodeRequests(w);
    await w.clock.advance(5000);
    const last = await finish(w, w.monitor.readBody(url));
    assert.ok(last.text === body.toString('utf8'));
    assert.deepEqual([last.at, last.asked, nodeRequests(w)], [at, false, asked]);
    w.answer.fail = new HttpError('refused', 'connection refused');
    await finish(w, w.monitor.scrape('command'));
    await assert.rejects(finish(w, w.monitor.readBody(url)), /refused/);
    delete w.answer.fail;
    const now = await finish(w, w.monitor.readBody(url));
    assert.ok(now.text === body.toString('utf8') && now.asked && now.at > last.at);
    await assert.rejects(finish(w, w.monitor.readBody('http://127.0.0.1:9/metrics')), /not a target of this run/);
  });

  it('ends what runs when it is disposed, and rejects afterwards', async () => {
    const w = world();
    const running = w.monitor.scrape('command');
    w.monitor.dispose();
    await assert.rejects(finish(w, running), /stopped/);
    await assert.rejects(w.monitor.scrape('api'), /stopped/);
    await settle();
    assert.equal(w.snapshots.length, 0);
  });
});
