/**
 * Recorded scrapes in a real Prometheus and a real VictoriaMetrics: the snapshots from there and from scraping are the
 * same.
 */
import assert from 'node:assert/strict';
import type { Snapshot } from '../../../src/api';
import { scrapeFactsFromTotals, extractScrapeFacts, type ScrapeFacts } from '../../../src/generation/scrapeFacts';
import { CounterTotals } from '../../../src/generation/counterTotals';
import { catalog } from '../../../src/metrics/catalog';
import type { SourceRequest } from '../../../src/collector/snapshotSource';
import { fetchBackfill } from '../../../src/prometheus/backfill';
import type { PrometheusClient } from '../../../src/prometheus/client';
import { createSender } from '../../../src/prometheus/sender';
import { loadRecording, type RayRecording } from '../../demonstration/index';
import { recordedSamples } from '../../prometheus/recorded';
import { findPrometheus, startPrometheus, type FoundProgram, type RealPrometheus } from '../../prometheus/server';
import { findVictoria, startVictoria } from '../../prometheus/victoria';
import { replayRecording, targetOf, type ReplayedStep } from '../support/replay';
import { newRun, rolloutSums } from '../rollouts/madeRun';
import { assertObeys } from '../support/assertObeys';
import { catalogIndex } from '../support/catalogIndex';
import { nothingElseKnown } from '../support/nothingElseKnown';
import { clientAt, sourceOf, timerRequest } from './realServer';

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

interface ServerKind {
  server: string;
  find: () => FoundProgram;
  start: (path: string, openMetrics: string) => Promise<RealPrometheus>;
}

const prometheus: ServerKind = {
  server: 'Prometheus',
  find: findPrometheus,
  start: (path, openMetrics) => startPrometheus(path, { openMetrics }),
};
const victoria: ServerKind = { server: 'VictoriaMetrics', find: findVictoria, start: startVictoria };

for (const [name, { server, find, start }] of [
  ['ray-2.57', prometheus],
  ['ray-2.51', prometheus],
  ['ray-2.57', victoria],
] as const satisfies readonly (readonly [RayRecording, ServerKind])[]) {
  describe(`the source from ${name} in a real ${server}`, function () {
    this.timeout(20_000);
    const sender = createSender();
    let real: RealPrometheus;
    let client: PrometheusClient;
    let scraped: ReplayedStep[];
    /** The same scrapes from the server. */
    const snapshots: Snapshot[] = [];
    const facts: ScrapeFacts[] = [];
    const scrapedRun = newRun();
    const ownRun = newRun();
    /** The server's now. */
    let now = 0;

    const request = (): SourceRequest =>
      timerRequest({
        discovery: { targets: [0, 1].map(targetOf), reason: '', ray: {} },
        session: undefined,
      });

    before(async function () {
      this.timeout(120_000);
      const found = find();
      if ('reason' in found) return this.skip();
      const recording = loadRecording(name);
      real = await start(found.path, recordedSamples(recording.steps));
      client = clientAt(sender.send, real.url, () => now);
      scraped = await replayRecording(name, { withActors: false, trackWork: scrapedRun.add });
      const source = sourceOf(client, () => now);
      for (const { step } of scraped) {
        now = step.at;
        const evidence = await source.collect(request());
        const { snapshot, report, engineCounters } = await source.evaluate(evidence, {
          trigger: 'timer',
          now,
          signal: new AbortController().signal,
          timeoutMs: 5000,
          ...nothingElseKnown,
          rayVersion: evidence.rayVersion,
          trackWork: ownRun.add,
        });
        assert.equal(report?.message, '');
        snapshots.push(assertObeys(snapshot));
        assert.ok(engineCounters);
        facts.push(scrapeFactsFromTotals(snapshot, engineCounters));
      }
    });
    after(async () => {
      await real?.stop();
      await sender.close();
    });

    it('gives the same SkyRL values', () => {
      for (const [index, { step, snapshot }] of scraped.entries()) {
        const own = snapshots[index] as Snapshot;
        const differing = differences(snapshot.values, own.values).filter((key) => !mayDiffer(key, step.name));
        assert.deepEqual(
          differing,
          [],
          `${step.name}: ${differing.map((key) => `${key} ${snapshot.values[key]} ${own.values[key]}`).join(', ')}`,
        );
      }
    });

    it('agrees with an engine’s scraped rates, means and quantiles over the same window', async () => {
      let compared = 0;
      for (const [index, { step, snapshot }] of scraped.entries()) {
        const before = new Set(scraped[index - 1]?.snapshot.engines.map(({ id }) => id));
        for (const engine of snapshot.engines.filter(({ id, state }) => state === 'active' && before.has(id))) {
          for (const [id, query] of Object.entries(queriesByMeasure)) {
            const measure = engine.measures[id];
            if (measure?.from === undefined) continue;
            const [sample] = await real.ask(query(engine.workerId ?? '', measure.to - measure.from), measure.to);
            const value = Number(sample?.value[1]);
            // A rate is over whole reports of Ray's agent, not over the time between two answers.
            const { to, from } = measure;
            const expected =
              id === 'generation_throughput_tok_s' ? (measure.value * countedMs(to - from)) / 1000 : measure.value;
            assert.ok(near(value, expected), `${step.name} ${engine.name} ${id}: ${value} and ${expected}`);
            compared += 1;
          }
        }
      }
      assert.ok(compared > 20, String(compared));
    });

    it('gives measures that are the catalog’s PromQL', async () => {
      const index = scraped.findIndex(({ step }) => step.name === '04-load');
      const { step } = scraped[index] as ReplayedStep;
      const { measures } = snapshots[index] as Snapshot;
      let compared = 0;
      for (const row of catalog) {
        const measure = measures[row.id];
        // A value that is set once may be older; the highest quotient of several is not the quotient of sums.
        if (
          !measure ||
          row.promql === '' ||
          row.kind === 'quotient' ||
          (row.kind === 'gauge' && (row.sticky || row.fromLabel !== undefined))
        )
          continue;
        const [sample] = await real.ask(row.promql.replaceAll('$w', '1m'), step.at);
        // Ray 2.52 writes counters without _total, which the shown PromQL does not have.
        if (!sample) continue;
        assert.ok(near(Number(sample.value[1]), measure.value), `${row.id}: ${sample.value[1]} and ${measure.value}`);
        compared += 1;
      }
      assert.ok(compared > 40, String(compared));
    });

    it('gives a generation record the same sums', () => {
      const [own, other] = [new CounterTotals(), new CounterTotals()];
      for (const [index, { snapshot, answers }] of scraped.slice(0, 4).entries()) {
        own.add(extractScrapeFacts(snapshot, answers).counters);
        other.add(facts[index]?.counters ?? []);
      }
      const expected = Object.entries(own.result());
      assert.ok(expected.length >= 4, JSON.stringify(expected));
      for (const [key, value] of expected)
        assert.ok(
          near(value, (other.result() as Record<string, number>)[key] ?? NaN),
          `${key}: ${value} and ${JSON.stringify(other.result())}`,
        );
      const { gpus = [] } = facts[1] ?? {};
      assert.deepEqual(
        gpus.map(({ peak }) => peak).sort(),
        extractScrapeFacts(scraped[1]?.snapshot as Snapshot, scraped[1]?.answers ?? [])
          .gpus.map(({ peak }) => peak)
          .sort(),
      );
    });

    it('counts the same tokens, requests and preemptions in rollouts', () => {
      assert.deepEqual(rolloutSums(ownRun), rolloutSums(scrapedRun));
      assert.ok(rolloutSums(ownRun).output > 40_000);
    });

    it('gives the past at even steps up to now, each once, with what the server has', async () => {
      const {
        step: { at: to },
      } = scraped.find(({ step }) => step.name === '04-load') as ReplayedStep;
      const from = (scraped[0]?.step.at ?? 0) - 1;
      const { engines } = snapshots[3] as Snapshot;
      const { signal } = new AbortController();
      const session = /^session_[\w-]+/.exec(
        loadRecording(name)
          .steps[0]?.bodies[0]?.bytes.toString('utf8')
          .match(/SessionName="([^"]+)"/)?.[1] ?? '',
      )?.[0];
      now = to;
      const { snapshots: past, readings } = await fetchBackfill({
        catalogIndex,
        client,
        intervalMs: 10_000,
        discovery: request().discovery,
        session,
        from,
        to,
        engines,
        signal,
        timeoutMs: 10_000,
        warn: assert.fail,
      });
      const times = past.map(({ at }) => at);
      assert.deepEqual(
        times,
        [...new Set(times)].sort((a, b) => a - b),
      );
      assert.equal(times.at(-1), to - 10_000);
      assert.ok((times[0] ?? 0) >= from && times.length >= Math.floor((to - from) / 10_000) - 1, times.join(' '));
      for (const { at, measures, engines: own } of past) {
        const [sample] = await real.ask('max(ray_vllm_kv_cache_usage_perc)', at);
        const kv = measures['kv_cache_usage_perc'];
        assert.equal(kv?.value, sample && Number(sample.value[1]));
        assert.equal(kv?.highest?.value, kv?.value);
        assert.ok(
          own.every(({ id, name: called }) => engines.some((engine) => engine.id === id && engine.name === called)),
        );
      }
      assert.ok(past.some(({ measures }) => measures['ttft_seconds_p95'] && measures['generation_throughput_tok_s']));
      const pastRun = newRun();
      for (const reading of readings) pastRun.add(reading);
      const rollouts = pastRun.update().all.filter(({ kind }) => kind === 'rollout');
      assert.equal(rollouts.length, 1, 'load all the time');
      assert.deepEqual([rollouts[0]?.cut, rollouts[0]?.isOpen, rollouts[0]?.engines], [true, true, engines.length]);
      const totals = [readings[0], readings.at(-1)].map((reading) =>
        (reading?.engines ?? []).reduce((sum, { totals: { outputTokens = 0 } }) => sum + outputTokens, 0),
      );
      assert.equal(rollouts[0]?.tokens.output, Math.round((totals[1] ?? NaN) - (totals[0] ?? NaN)));
      const pastOfAnother = await fetchBackfill({
        catalogIndex,
        client,
        intervalMs: 10_000,
        discovery: request().discovery,
        session: 'session_of_another',
        from,
        to,
        engines,
        signal,
        timeoutMs: 10_000,
        warn: assert.fail,
      });
      assert.deepEqual(pastOfAnother, { snapshots: [], readings: [] });
      // If older hours cannot be read, the last hour is kept, with a warning.
      const slow: typeof client = {
        ...client,
        queryRange: (query, range, ...more) =>
          range.stepMs === 60_000 ? Promise.reject(new Error('too slow')) : client.queryRange(query, range, ...more),
      };
      const warnings: string[] = [];
      const young = {
        catalogIndex,
        discovery: request().discovery,
        session,
        from: to - 3 * 3_600_000,
        to,
        engines,
        signal,
        timeoutMs: 10_000,
        intervalMs: 10_000,
        warn: (warning: string) => warnings.push(warning),
      };
      const kept = (await fetchBackfill({ ...young, client: slow })).snapshots.map(({ at }) => at);
      // VictoriaMetrics puts the times of a long range on whole steps.
      assert.deepEqual(
        kept,
        server === 'Prometheus'
          ? times
          : [...new Set(times.map((time) => Math.floor(time / 10_000) * 10_000))].filter(
              (time) => time >= (scraped[0]?.step.at ?? 0),
            ),
      );
      assert.match(warnings.join(), /older than an hour.*too slow/);
    });

    it('gives engines with states, spreads and counts', () => {
      const { engines, measures, targets, window } = snapshots[1] as Snapshot;
      assert.deepEqual(engines.map(({ id }) => id).sort(), scraped[1]?.snapshot.engines.map(({ id }) => id).sort());
      assert.ok(
        engines.every(({ state }) => state === 'active'),
        JSON.stringify(engines.map(({ state }) => state)),
      );
      const kv = measures['kv_cache_usage_perc'];
      assert.equal(kv?.counted, engines.length);
      assert.equal(kv?.highest?.value, kv?.value);
      assert.equal(window?.from, scraped[0]?.step.at);
      assert.equal(targets[0]?.about, 'Prometheus');
    });
  });
}

/** Keys whose values differ. */
function differences(a: Record<string, number>, b: Record<string, number>): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (key) => a[key] === undefined || b[key] === undefined || !near(a[key], b[key]),
  );
}

/**
 * Blocks that promtool makes have no stale markers, so a gauge that has ended is repeated for five minutes. An engine
 * that began within the step counts from 0 in a scrape; in Prometheus it has no earlier sample, so it is left out.
 */
const mayDiffer = (key: string, step: string): boolean =>
  /running|waiting|kv_cache/.test(key) ? !/^0[1-4]-/.test(step) : step === '11-engine1-restarted';

const worker = (id: string): string => `{WorkerId="${id}"}`;
const difference = (name: string, id: string, ms: number): string =>
  `(${name}${worker(id)} - ${name}${worker(id)} offset ${ms}ms)`;
/** By measure, a query for the same number of one engine over a time in ms. */
const queriesByMeasure: Record<string, (workerId: string, ms: number) => string> = {
  generation_throughput_tok_s: (id, ms) => `sum(${difference('ray_vllm_generation_tokens_total', id, ms)})`,
  prefix_cache_hit_rate: (id, ms) =>
    `sum(${difference('ray_vllm_prefix_cache_hits_total', id, ms)}) / sum(${difference('ray_vllm_prefix_cache_queries_total', id, ms)})`,
  ttft_seconds_avg: (id, ms) =>
    `sum(${difference('ray_vllm_time_to_first_token_seconds_sum', id, ms)}) / sum(${difference('ray_vllm_time_to_first_token_seconds_count', id, ms)})`,
  ttft_seconds_p50: (id, ms) =>
    `histogram_quantile(0.5, sum by (le) (${difference('ray_vllm_time_to_first_token_seconds_bucket', id, ms)}))`,
  ttft_seconds_p95: (id, ms) =>
    `histogram_quantile(0.95, sum by (le) (${difference('ray_vllm_time_to_first_token_seconds_bucket', id, ms)}))`,
  tpot_seconds_p99: (id, ms) =>
    `histogram_quantile(0.99, sum by (le) (${difference('ray_vllm_inter_token_latency_seconds_bucket', id, ms)}))`,
};
/** The time that a rate window counts: at least one report of ten seconds. */
const countedMs = (ms: number): number => Math.max(10_000, ms);
