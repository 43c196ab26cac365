/** Two jobs on a real Ray whose engines differ by a known factor: kept as two runs, and compared with its sign and size. */
import assert from 'node:assert/strict';
import type { Api } from '../../../src/api';
import type { ComparisonResult } from '../../../src/comparison/comparisonResult';
import { fewestValues } from '../../../src/shared/comparison';
import type { Rollout } from '../../../src/shared/rollout';
import { prepareRay, type RayCluster, type RayEngines } from '../../ray/cluster';
import { busy, type EngineTruth } from '../../ray/truth';
import { activate, configure, executeCommand, localConfig, sleep, until, writeFile } from '../support';

/**
 * Of tokens of every kind. Ends of a rollout are known to within a report and a scrape, which on a busy machine is nearly
 * as long as the rollout: a factor of two would be within the error.
 */
const factor = 10;
/** The first one is the warm-up; a claim needs the others. */
const rolloutCount = 1 + fewestValues;
const ticks = 20;
/** Longer than it is uncertain when the rollouts before and after it end and begin. */
const restMs = 1500;
const tokensPerTick = busy.perTick['vllm:generation_tokens'] ?? NaN;
/** Between two rollouts engines sleep, so that a short rest ends a rollout. */
const slow: EngineTruth = { ...busy, sleeps: true };
const fast: EngineTruth = {
  ...slow,
  perTick: Object.fromEntries(Object.entries(busy.perTick).map(([family, count]) => [family, factor * count])),
};
const scrapeMs = 200;

interface ListedRun {
  id: string;
  to?: number;
  engines: number;
  config?: string;
}

describe('two jobs on a real Ray, compared', function () {
  this.timeout(240_000);
  this.bail(true);
  let api: Api;
  let cluster: RayCluster;
  const runs: string[] = [];

  before(async function () {
    this.timeout(480_000);
    api = await activate();
    cluster = await prepareRay(process.env['SKYRL_TEST_PYTHON'] ?? 'python3');
    await cluster.start(1, { RAY_metrics_report_interval_ms: '250' });
    await configure({ 'ray.dashboardUrl': cluster.dashboard });
  });

  after(async () => {
    for (const run of runs) await executeCommand('skyrl.deleteRun', { run }).catch(() => undefined);
    await executeCommand('workbench.action.closeAllEditors');
    await configure();
    await cluster.close();
  });

  /** Scrapes until the one engine is in this state. */
  const waitForEngine = (engines: RayEngines, state: string): Promise<true> =>
    until(
      async () => {
        const { engines: found } = await api.scrape();
        const own = found.find(({ id }) => id === engines.identities[0]?.workerId);
        if (own?.state === state) return true;
        await sleep(scrapeMs);
        return undefined;
      },
      `the engine is ${state}`,
      60_000,
    );

  const rolloutsSince = async (since: number): Promise<Rollout[]> =>
    (await executeCommand<{ rollouts: Rollout[] }>('skyrl.showRollouts', {})).rollouts.filter(
      ({ kind, from }) => kind === 'rollout' && from > since,
    );

  /** A job with one engine that works so often, and ends; resolves to the id of its run. */
  async function watchJob(truth: EngineTruth, maxNumSeqs: number): Promise<string> {
    await writeFile('config/one.yaml', localConfig('num_engines: 1', `max_num_seqs: ${maxNumSeqs}`));
    const engines = await cluster.engines([truth]);
    // In its first work the extension learns how often engines report.
    await waitForEngine(engines, 'active');
    for (const end = Date.now() + 3000; Date.now() < end; await sleep(scrapeMs)) await api.scrape();
    await engines.idle(0);
    await waitForEngine(engines, 'asleep');
    await sleep(restMs);
    // The middle of the interval in which the next one begins may be earlier.
    const since = Date.now() - restMs;
    let rounds = 0;
    // On a busy machine a report may come so late that two rollouts are seen as one.
    for (; (await rolloutsSince(since)).length < rolloutCount && rounds < 2 * rolloutCount; rounds++) {
      await engines.work(0, ticks);
      await waitForEngine(engines, 'active');
      await waitForEngine(engines, 'asleep');
      await sleep(restMs);
    }
    // A rollout has ended for certain when the engine was read for some time after it.
    let found: Rollout[] = [];
    await until(
      async () => {
        await api.scrape();
        await sleep(1000);
        found = (await rolloutsSince(since)).filter(({ cut }) => !cut);
        return found.length >= rolloutCount;
      },
      'the rollouts have ended',
      60_000,
    ).catch(async (error: unknown) => assert.fail(`${String(error)}: ${JSON.stringify(await rolloutsSince(0))}`));
    const outputTokens = found.map(({ tokens }) => tokens.output ?? NaN);
    assert.equal(
      outputTokens.reduce((sum, count) => sum + count, 0),
      rounds * ticks * (truth.perTick['vllm:generation_tokens'] ?? NaN),
      JSON.stringify(found),
    );
    const [newest] = await executeCommand<ListedRun[]>('skyrl.listRuns');
    assert.ok(newest && newest.to === undefined && newest.engines === 1, JSON.stringify(newest));
    engines.close();
    return newest.id;
  }

  it('are two runs, each with its config as it was', async () => {
    runs.push(await watchJob(slow, 256));
    runs.push(await watchJob(fast, 512));
    const listed = (await executeCommand<ListedRun[]>('skyrl.listRuns')).filter(({ id }) => runs.includes(id));
    assert.deepEqual(
      listed.map(({ id, engines, config }) => [id, engines, config]),
      [...runs].reverse().map((id) => [id, 1, 'config/one.yaml']),
    );
    assert.ok(listed[1]?.to !== undefined, 'the first one has ended');
  });

  it('differ by the factor, and it is claimed that the second one is better', async () => {
    const { config, measures, runs: compared } = await executeCommand<ComparisonResult>('skyrl.compareRuns', { runs });
    assert.deepEqual(
      config.find(({ key }) => key.endsWith('max_num_seqs')),
      { key: 'generator.inference_engine.max_num_seqs', values: [256, 512] },
    );
    const counts = compared.map(({ counted }) => counted);
    assert.ok(
      counts.every((count) => count >= fewestValues),
      String(counts),
    );
    const measure = (id: string) => measures.find((one) => one.id === id) ?? assert.fail(id);
    const tokens = measure('output_tokens');
    assert.deepEqual(tokens.medians, [ticks * tokensPerTick, factor * ticks * tokensPerTick]);
    assert.equal(tokens.change, 100 * (factor - 1));
    const rate = measure('generation_rate');
    assert.equal(rate.verdict, 'better', JSON.stringify(rate));
    // A busy machine stretches the work.
    const expected = 100 * (factor / (1 + (measure('seconds').change ?? NaN) / 100) - 1);
    assert.ok(Math.abs((rate.change ?? NaN) / expected - 1) < 0.4, `${rate.change} %, ${expected} %`);
  });
});
