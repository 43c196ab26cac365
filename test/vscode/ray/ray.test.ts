/** A real Ray of two nodes with engines whose numbers are known: found, measured, followed. */
import assert from 'node:assert/strict';
import type { Api, Engine, Snapshot } from '../../../src/api';
import type { Rollout } from '../../../src/shared/rollout';
import { prepareRay, type RayCluster, type RayEngines } from '../../ray/cluster';
import { busy, calm, ticksPerSecond, type EngineTruth } from '../../ray/truth';
import { assertSnapshot } from '../assertSnapshot';
import {
  activate,
  collectSnapshots,
  executeCommand,
  configure,
  setEnvironment,
  localConfig,
  setSetting,
  sleep,
  waitForState,
  until,
  writeFile,
} from '../support';

const truths = [busy, calm];
const startMs = 480_000;
/** Two report intervals, and the delay of a busy machine. */
const reportsMs = 60_000;

/** How far a rate over one report may be off: agents report about every 10 s, which may hold one tick more or less. */
const oneReport = 0.15;
/** The timer scrapes every 10 s too, so that three windows may hold one report more or less. */
const threeReports = 0.35;

const rate = (truth: EngineTruth, family: string): number => (truth.perTick[family] ?? 0) * ticksPerSecond;

function assertNear(value: number | undefined, expected: number, share: number, what: string): void {
  assert.ok(
    value !== undefined && Math.abs(value - expected) <= share * expected,
    `${what}: ${value}, true is ${expected}`,
  );
}

describe('a real Ray', function () {
  this.timeout(240_000);
  // The tests build on each other, so that a failure would fail all that follow, each after its longest wait.
  this.bail(true);
  let api: Api;
  let cluster: RayCluster;
  let engines: RayEngines;
  const engine = (snapshot: Snapshot, index: number): Engine | undefined =>
    snapshot.engines.find(({ id }) => id === engines.identities[index]?.workerId);

  /** Scrapes until the snapshot is as expected. */
  async function scrapeUntil(
    holds: (snapshot: Snapshot) => boolean,
    what: string,
    { ms = reportsMs, everyMs = 1000 } = {},
  ): Promise<Snapshot> {
    let last: Snapshot | undefined;
    return until(
      async () => {
        last = await api.scrape();
        if (holds(last)) return last;
        await sleep(everyMs);
        return undefined;
      },
      what,
      ms,
    ).catch((error: unknown) => assert.fail(`${String(error)}; last: ${JSON.stringify(last)}`));
  }

  before(async function () {
    this.timeout(startMs);
    api = await activate();
    cluster = await prepareRay(process.env['SKYRL_TEST_PYTHON'] ?? 'python3');
    await cluster.start(2);
    engines = await cluster.engines(truths);
    await writeFile('config/one.yaml', localConfig('num_engines: 2'));
    await configure({ 'ray.dashboardUrl': cluster.dashboard });
  });

  after(async () => {
    await configure();
    await cluster.close();
  });

  const portsOf = ({ targets }: Snapshot): number[] =>
    targets.map(({ url }) => Number(new URL(url).port)).sort((a, b) => a - b);

  it('is found by its dashboard, each node’s agent and nothing else', async () => {
    const snapshot = await scrapeUntil(
      ({ targets }) => targets.length === 2 && targets.every(({ state }) => state === 'ok'),
      'both nodes with engines',
    );
    assertSnapshot(snapshot);
    assert.deepEqual(portsOf(snapshot), await engines.agentPorts());
    assert.ok(snapshot.targets.every(({ kind, bytes, samples }) => kind === 'ray' && bytes > 50_000 && samples > 0));
  });

  it('is found by its service-discovery file, without a dashboard', async () => {
    const restore = setEnvironment({ RAY_TMPDIR: cluster.folder, RAY_ADDRESS: 'http://127.0.0.1:1' });
    await setSetting('ray.dashboardUrl', undefined);
    const snapshot = await api.scrape();
    restore();
    await setSetting('ray.dashboardUrl', cluster.dashboard);
    assert.deepEqual(portsOf(snapshot), await engines.agentPorts());
    assert.ok(snapshot.targets.every(({ state }) => state === 'ok'));
  });

  it('has exactly the gauges that the engines set', async () => {
    const snapshot = await scrapeUntil(
      ({ measures }) => measures['num_requests_running']?.counted === 2,
      'gauges of both engines',
    );
    const { measures, values } = snapshot;
    assert.equal(measures['num_requests_running']?.value, 16);
    assert.equal(measures['num_requests_waiting']?.value, 3);
    assert.equal(measures['kv_cache_usage_perc']?.value, 0.75);
    assert.deepEqual(
      [values['vllm/num_requests_running'], values['vllm/num_requests_waiting'], values['vllm/kv_cache_usage_perc']],
      [16, 3, 0.5],
    );
    for (const [index, { gauges }] of truths.entries()) {
      const own = engine(snapshot, index)?.measures;
      for (const [family, value] of Object.entries(gauges))
        assert.equal(own?.[family.slice('vllm:'.length)]?.value, value, `engine ${index}: ${family}`);
    }
  });

  it('has the actors as engines, with process, worker, model and state', async () => {
    const snapshot = await api.scrape();
    assert.deepEqual(snapshot.engines.map(({ name }) => name).sort(), ['engine 0', 'engine 1']);
    for (const [index, { workerId, pid }] of engines.identities.entries()) {
      const found = engine(snapshot, index);
      assert.deepEqual(
        [found?.workerId, found?.pid, found?.model, found?.state],
        [workerId, pid, 'tiny/qwen2-random', 'active'],
      );
    }
    assert.deepEqual(snapshot.findings, []);
  });

  it('has the true rates over one report', async () => {
    // A report is seen at the next scrape: the sooner that is, also on a busy machine, the more exact is the rate.
    const moved = ({ engines: all }: Snapshot): boolean =>
      all.length === truths.length &&
      all.every(({ measures }) => measures['generation_throughput_tok_s'] !== undefined);
    const snapshot = await scrapeUntil(moved, 'a rate of both engines', { everyMs: 200 });
    for (const [index, truth] of truths.entries()) {
      const own = engine(snapshot, index)?.measures ?? assert.fail(JSON.stringify(snapshot));
      assertNear(
        own['generation_throughput_tok_s']?.value,
        rate(truth, 'vllm:generation_tokens'),
        oneReport,
        `generation rate of engine ${index}`,
      );
      assertNear(
        own['prompt_throughput_tok_s']?.value,
        rate(truth, 'vllm:prompt_tokens'),
        oneReport,
        `prompt rate of engine ${index}`,
      );
      const hits = rate(truth, 'vllm:prefix_cache_hits') / rate(truth, 'vllm:prefix_cache_queries');
      assertNear(own['prefix_cache_hit_rate']?.value, hits, 0.02, `hit rate of engine ${index}`);
    }
    const all = rate(busy, 'vllm:generation_tokens') + rate(calm, 'vllm:generation_tokens');
    assertNear(snapshot.measures['generation_throughput_tok_s']?.value, all, oneReport, 'generation rate of both');
  });

  it('has means whose bounds contain the true value', async () => {
    const { measures } = await api.scrape();
    assert.ok(measures['ttft_seconds_avg'] && measures['tpot_seconds_avg']);
    // Both engines tick alike and have half of the observations each: the mean of 0.2 and 0.05 s, and of 0.02 and 0.04
    // s.
    for (const [id, mean] of [
      ['ttft_seconds_avg', 0.125],
      ['tpot_seconds_avg', 0.03],
    ] as const) {
      const { low = NaN, high = NaN } = (measures[id]?.bounds ?? {}) as { low?: number; high?: number };
      assert.ok(low <= mean && mean <= high, `${id}: ${low} to ${high}`);
    }
  });

  it('has rates over three reports on the timer', async () => {
    const { snapshots, stop } = collectSnapshots(api);
    await setSetting('scrape.interval', 10);
    await until(
      () => snapshots.filter(({ trigger }) => trigger === 'timer').length >= 4,
      'four scrapes by the timer',
      90_000,
    );
    await setSetting('scrape.interval', 0);
    stop();
    const last = snapshots.at(-1);
    for (const [index, truth] of truths.entries()) {
      const measure = last && engine(last, index)?.measures['generation_throughput_tok_s'];
      assertNear(
        measure?.value,
        rate(truth, 'vllm:generation_tokens'),
        threeReports,
        `generation rate of engine ${index}`,
      );
      assert.ok(measure?.from !== undefined && measure.to - measure.from >= 20_000, 'more than one window');
    }
    await waitForState(api, 'fresh');
  });

  it('shows an engine without work as quiet: its gauges leave every sum, and its rate becomes 0', async () => {
    await engines.idle(0);
    const still = (snapshot: Snapshot): boolean =>
      engine(snapshot, 0)?.measures['generation_throughput_tok_s']?.value === 0;
    const gone = (snapshot: Snapshot): boolean => engine(snapshot, 0)?.measures['num_requests_running'] === undefined;
    const snapshot = await scrapeUntil((one) => still(one) && gone(one), 'a quiet engine', { ms: 90_000 });
    assert.equal(engine(snapshot, 0)?.state, 'quiet');
    assert.equal(engine(snapshot, 1)?.state, 'active');
    const running = snapshot.measures['num_requests_running'];
    assert.deepEqual([running?.value, running?.counted, running?.of], [4, 1, 2]);
    assertNear(
      snapshot.measures['generation_throughput_tok_s']?.value,
      rate(calm, 'vllm:generation_tokens'),
      oneReport,
      'generation rate of both',
    );
  });

  it('has rollouts while engines work and rest in turn, with exactly their tokens', async function () {
    this.timeout(420_000);
    await scrapeUntil(({ rollout }) => (rollout?.tokens.output ?? 0) > 0, 'the engines work');
    for (const index of [0, 1]) await engines.idle(index);
    await scrapeUntil(({ rollout }) => rollout === undefined, 'all engines rest', { ms: 120_000 });
    const wholeRollouts = async (): Promise<Rollout[]> =>
      (await executeCommand<{ rollouts: Rollout[] }>('skyrl.showRollouts', {})).rollouts.filter(
        ({ kind, cut }) => kind === 'rollout' && !cut,
      );
    const before = (await wholeRollouts()).length;
    for (const [round, ticks] of [
      [200, 100],
      [100, 250],
    ].entries()) {
      const from = Date.now();
      for (const [index, count] of ticks.entries()) await engines.work(index, count);
      const found = await until(
        async () => {
          await api.scrape();
          await sleep(1000);
          return (await wholeRollouts())[before + round];
        },
        'the rollout has ended',
        120_000,
      );
      const sum = (family: string): number =>
        truths.reduce((total, { perTick }, index) => total + (perTick[family] ?? 0) * (ticks[index] ?? 0), 0);
      assert.deepEqual(found.tokens, { prompt: sum('vllm:prompt_tokens'), output: sum('vllm:generation_tokens') });
      assert.equal(found.engines, 2);
      assert.equal(found.hitRate, sum('vllm:prefix_cache_hits') / sum('vllm:prefix_cache_queries'));
      // Ticks are counted, and a busy machine stretches them.
      const seconds = Math.max(...ticks) / ticksPerSecond;
      assert.ok(found.seconds + found.uncertainty >= seconds, `${found.seconds} s, ${seconds} s`);
      assert.ok(found.uncertainty <= 15 && Math.abs(found.from - from) <= 15_000, JSON.stringify(found));
      assert.equal(found.lastEngine, `engine ${ticks.indexOf(Math.max(...ticks))}`);
    }
    await executeCommand('workbench.action.closeAllEditors');
  });

  it('shows an engine whose process is killed as dead, and leaves it out of every sum', async () => {
    await engines.kill(1);
    const isDead = (one: Snapshot): boolean => engine(one, 1)?.state === 'dead';
    // The other engine has just come to rest, with a last gauge of 0; later it has none.
    const isDone = (one: Snapshot): boolean => isDead(one) && !one.measures['num_requests_running'];
    const snapshot = await scrapeUntil(isDone, 'a dead engine, and no gauge of the one that rests');
    assert.equal(engine(snapshot, 0)?.state, 'quiet');
    const ids = snapshot.findings.map(({ id, engine: of }) => [id, of]);
    assert.deepEqual(
      ids.filter(([id]) => id === 'engine-dead'),
      [['engine-dead', engines.identities[1]?.workerId]],
    );
    assert.ok(ids.some(([id]) => id === 'fewer-engines'));
  });

  it('names the engine that a successor follows', async () => {
    const { workerId } = await engines.start(calm);
    const find = (snapshot: Snapshot): Engine | undefined => snapshot.engines.find(({ id }) => id === workerId);
    const snapshot = await scrapeUntil(
      (one) => find(one)?.state === 'active' && one.measures['num_requests_running'] !== undefined,
      'an active successor',
    );
    assert.deepEqual([find(snapshot)?.name, find(snapshot)?.follows], ['engine 2', engines.identities[1]?.workerId]);
    assert.equal(snapshot.measures['num_requests_running']?.value, 4);
    assert.ok(snapshot.findings.every(({ id }) => id !== 'engine-dead' && id !== 'fewer-engines'));
  });

  it('shows a lost node as a failed target, and the others as before', async () => {
    await cluster.endNode(1);
    const snapshot = await scrapeUntil(
      ({ targets }) => targets.some(({ state }) => state === 'failed'),
      'a failed target',
    );
    assert.deepEqual(snapshot.targets.map(({ state }) => state).sort(), ['failed', 'ok']);
    await waitForState(api, 'partial', /refused/);
  });

  it('is refused once it is stopped', async () => {
    await cluster.stop();
    await api.scrape();
    await waitForState(api, 'refused');
  });

  it('is a new session once it is started again, found without a reload', async function () {
    this.timeout(startMs);
    const before = api.snapshot?.engines.map(({ id }) => id);
    await cluster.start(1, { RAY_AUTH_MODE: 'token', RAY_AUTH_TOKEN: token });
    engines = await cluster.engines([{ ...busy }]);
    const restore = setEnvironment({ RAY_TMPDIR: cluster.folder });
    const snapshot = await scrapeUntil(
      (one) => one.engines.some(({ id }) => id === engines.identities[0]?.workerId),
      'an engine of the new session',
    );
    restore();
    assert.deepEqual(
      snapshot.engines.map(({ id }) => id),
      [engines.identities[0]?.workerId],
    );
    assert.ok(before?.every((id) => snapshot.engines.every((now) => now.id !== id)));
    assert.equal(snapshot.engines[0]?.name, 'engine 0');
    assert.deepEqual(portsOf(snapshot), await engines.agentPorts());
  });

  it('is unauthorised in token mode', async () => {
    await api.scrape();
    await waitForState(api, 'unauthorised', /401/);
  });

  it('is forbidden with a wrong token, and names its agents with the right one', async () => {
    // Without a service-discovery file the agents are found through the dashboard only.
    await executeCommand('skyrl.setToken', { origin: cluster.dashboard, token: 'another-token-of-this-test' });
    await api.scrape();
    await waitForState(api, 'forbidden', /403/);
    await executeCommand('skyrl.setToken', { origin: cluster.dashboard, token });
    // The list of actors needs the token too, and has the process of an engine that was found without it.
    const snapshot = await scrapeUntil(
      (one) => one.engines.some(({ pid }) => pid === engines.identities[0]?.pid),
      'the engine’s process, from the dashboard',
    );
    assert.deepEqual(portsOf(snapshot), await engines.agentPorts());
    assert.equal(await executeCommand('skyrl.clearToken', { origin: cluster.dashboard }), cluster.dashboard);
    await api.scrape();
    await waitForState(api, 'unauthorised', /401/);
  });
});

const token = 'a-token-of-this-test-only-0123456789';
