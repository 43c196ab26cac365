/** Two jobs on a real Ray with known work: kept as two runs, and compared by what their engines counted. */
import assert from 'node:assert/strict';
import type { Api, Snapshot } from '../../../src/api';
import type { ComparisonResult } from '../../../src/comparison/comparisonResult';
import type { Rollout } from '../../../src/shared/rollout';
import { prepareRay, type RayCluster, type RayEngines } from '../../ray/cluster';
import { busy, type EngineTruth } from '../../ray/truth';
import { activate, configure, executeCommand, localConfig, sleep, until, writeFile } from '../support';

/** With as many values each, a test beside some ten others can still be significant. */
const valueCount = 7;
/** The first one is the warm-up. */
const rolloutCount = 1 + valueCount;
const ticks = 10;
const scrapeMs = 100;

/** An engine that falls asleep whenever it has no work, so that a short rest ends a rollout. */
const truthOf = (perTick: Record<string, number>): EngineTruth => ({
  ...busy,
  sleeps: true,
  perTick: { ...busy.perTick, ...perTick },
});
const [tokens, factor] = [50, 3];
const first = truthOf({
  'vllm:generation_tokens': tokens,
  'vllm:prefix_cache_hits': 150,
  'vllm:num_preemptions': factor,
});
/** More output, a lower hit rate, fewer preemptions; the prompts are the same. */
const second = truthOf({
  'vllm:generation_tokens': factor * tokens,
  'vllm:prefix_cache_hits': 50,
  'vllm:num_preemptions': 1,
});

interface ListedRun {
  id: string;
  to?: number;
  engines: number;
  config?: string;
}

describe('two jobs on a real Ray, compared', function () {
  this.timeout(300_000);
  this.bail(true);
  let api: Api;
  let cluster: RayCluster;
  const runs: string[] = [];

  before(async function () {
    this.timeout(480_000);
    api = await activate();
    cluster = await prepareRay(process.env['SKYRL_TEST_PYTHON'] ?? 'python3');
    await cluster.start(1, { RAY_metrics_report_interval_ms: '250' });
    await writeFile('config/one.yaml', localConfig('num_engines: 1'));
    await configure({ 'ray.dashboardUrl': cluster.dashboard });
  });

  after(async () => {
    for (const run of runs) await executeCommand('skyrl.deleteRun', { run }).catch(() => undefined);
    await executeCommand('workbench.action.closeAllEditors');
    await configure();
    await cluster.close();
  });

  async function scrapeUntil(holds: (snapshot: Snapshot) => boolean | Promise<boolean>, what: string): Promise<void> {
    let last: Snapshot | undefined;
    await until(
      async () => {
        last = await api.scrape();
        if (await holds(last)) return true;
        await sleep(scrapeMs);
        return undefined;
      },
      what,
      90_000,
    ).catch((error: unknown) => assert.fail(`${String(error)}; last: ${JSON.stringify(last)}`));
  }

  /** Scrapes until the engine sleeps after it worked since a time (Unix ms), and then for as long as it takes to tell two rollouts apart. */
  async function waitForRest(engines: RayEngines, since: number): Promise<void> {
    await scrapeUntil(({ engines: found }) => {
      const own = found.find(({ id }) => id === engines.identities[0]?.workerId);
      return own?.state === 'asleep' && (own.movedAt ?? 0) > since;
    }, 'the engine sleeps after its work');
    const intervals = api.snapshot?.targets.flatMap(({ reportIntervalMs }) => reportIntervalMs ?? []) ?? [];
    const end = Date.now() + 2 * Math.max(250, ...intervals);
    await scrapeUntil(() => Date.now() >= end, 'a rest');
  }

  const wholeRollouts = async (since: number): Promise<Rollout[]> =>
    (await executeCommand<{ rollouts: Rollout[] }>('skyrl.showRollouts', {})).rollouts.filter(
      ({ kind, from, cut }) => kind === 'rollout' && from > since && !cut,
    );

  /** A job with one engine that works so often; resolves to its run and its rollouts after the first work. */
  async function watchJob(truth: EngineTruth, maxNumSeqs: number): Promise<{ run: ListedRun; found: Rollout[] }> {
    await writeFile('config/one.yaml', localConfig('num_engines: 1', `max_num_seqs: ${maxNumSeqs}`));
    const engines = await cluster.engines([truth]);
    // In its first work, whose beginning may be too early to be the run's, the extension learns how often it reports.
    await scrapeUntil(
      ({ engines: found, targets }) =>
        found.some(({ id, state }) => id === engines.identities[0]?.workerId && state === 'active') &&
        targets.every(({ reportIntervalMs }) => reportIntervalMs !== undefined),
      'the engine works, and how often it reports is known',
    );
    const idleAt = Date.now();
    await engines.idle(0);
    await waitForRest(engines, 0);
    for (let round = 0; round < rolloutCount; round++) {
      const askedAt = Date.now();
      await engines.work(0, ticks);
      await waitForRest(engines, askedAt);
    }
    // A rollout has ended for certain when the engine was read for some time after it.
    let found: Rollout[] = [];
    await scrapeUntil(async () => {
      await sleep(1000);
      found = await wholeRollouts(idleAt);
      return found.length >= rolloutCount;
    }, 'the rollouts have ended').catch((error: unknown) => assert.fail(`${String(error)}; ${JSON.stringify(found)}`));
    const [run] = await executeCommand<ListedRun[]>('skyrl.listRuns');
    assert.ok(run);
    engines.close();
    return { run, found };
  }

  it('are two runs, each with its config as it was, and rollouts with exactly their tokens', async () => {
    for (const [truth, maxNumSeqs] of [
      [first, 256],
      [second, 512],
    ] as const) {
      const { run, found } = await watchJob(truth, maxNumSeqs);
      assert.ok(run.to === undefined && run.engines === 1 && !runs.includes(run.id), JSON.stringify(run));
      runs.push(run.id);
      const expected = ticks * (truth.perTick['vllm:generation_tokens'] ?? NaN);
      assert.deepEqual(
        found.map(({ tokens: { output } }) => output),
        Array.from({ length: rolloutCount }, () => expected),
      );
    }
    const listed = await executeCommand<ListedRun[]>('skyrl.listRuns');
    const of = (id: string | undefined): ListedRun | undefined => listed.find((run) => run.id === id);
    assert.deepEqual([of(runs[0])?.config, of(runs[1])?.config], ['config/one.yaml', 'config/one.yaml']);
    assert.deepEqual([of(runs[0])?.to !== undefined, of(runs[1])?.to], [true, undefined], 'the first one has ended');
  });

  it('differ in what their engines counted differently, with sign and size, and in nothing that is the same', async () => {
    const { config, measures, runs: compared } = await executeCommand<ComparisonResult>('skyrl.compareRuns', { runs });
    assert.deepEqual(
      config.find(({ key }) => key.endsWith('max_num_seqs')),
      { key: 'generator.inference_engine.max_num_seqs', values: [256, 512] },
    );
    for (const { counted, leftOut } of compared)
      assert.ok(counted >= valueCount && leftOut.warmUp === 1, JSON.stringify(compared));
    const outcomes = Object.fromEntries(
      measures
        .filter(({ source }) => source === 'figure')
        .map(({ id, medians, change, verdict }) => [id, { medians, change, verdict }]),
    );
    assert.deepEqual(outcomes['output_tokens'], {
      medians: [ticks * tokens, factor * ticks * tokens],
      change: 100 * (factor - 1),
      verdict: 'different',
    });
    assert.deepEqual(outcomes['preemptions'], {
      medians: [factor * ticks, ticks],
      change: (100 * (1 - factor)) / factor,
      verdict: 'better',
    });
    assert.deepEqual([outcomes['hit_rate']?.medians, outcomes['hit_rate']?.verdict], [[0.75, 0.25], 'worse']);
    assert.deepEqual(outcomes['prompt_tokens'], {
      medians: [2000, 2000],
      change: 0,
      verdict: 'within spread',
    });
    // A busy machine may miss the gauge of a short rollout, so that there are too few values.
    const claims = new Set(['better', 'worse', 'different']);
    assert.ok(!claims.has(outcomes['kv_peak']?.verdict ?? 'missing'), JSON.stringify(outcomes['kv_peak']));
  });
});
