/** The simulated run: what scrapes of the demonstration see. */
import { strict as assert } from 'node:assert';
import { demonstrationScenario } from '../../demonstration/live/demonstrationScenario';
import { maxDeadWorkers } from '../../demonstration/live/simulation';
import { bufferSize } from '../../demonstration/live/trainer';
import { simulateScrapes, type SimulatedScrape } from './simulatedScrapes';

const { cycleSeconds, headStartSeconds } = demonstrationScenario;

describe('The simulated run', function () {
  this.timeout(30_000);
  /** Two cycles. */
  let scrapes: SimulatedScrape[];
  let firstScrape: SimulatedScrape;
  let lastScrape: SimulatedScrape;
  /** The first workers of the engines, in their order. */
  let firstWorkers: [fast: string, slow: string, full: string, dying: string];
  before(() => {
    scrapes = simulateScrapes(0, 2 * cycleSeconds, 5);
    [firstScrape, lastScrape] = [scrapes[0]!, scrapes.at(-1)!];
    firstWorkers = engineWorkers(firstScrape) as typeof firstWorkers;
  });

  const engineWorkers = ({ actors }: SimulatedScrape): string[] =>
    actors.filter(({ className }) => className === 'VLLMServerActor').map(({ address }) => address.workerId);
  const valueOf = ({ values }: SimulatedScrape, worker: string, key: string): number | undefined =>
    values.get(worker)?.get(key);
  /** The values of all scrapes that have it. */
  const valuesOf = (worker: string, key: string): number[] =>
    scrapes.map((scrape) => valueOf(scrape, worker, key)).filter((value) => value !== undefined);
  /** Mean of a histogram up to a second. */
  const meanUntil = (worker: string, family: string, second: number): number => {
    const scrape = scrapes.find((candidate) => candidate.second === second)!;
    return (valueOf(scrape, worker, `${family}_sum`) ?? 0) / (valueOf(scrape, worker, `${family}_count`) ?? 0);
  };
  /** The scrape at a second of the first cycle. */
  const scrapeAt = (second: number): SimulatedScrape => scrapes.find(({ secondOfCycle }) => secondOfCycle === second)!;

  it('is the same for the same seed and times, and another for another seed', () => {
    assert.deepEqual(
      simulateScrapes(0, 60, 20).map(({ bodies }) => bodies),
      simulateScrapes(0, 60, 10)
        .filter(({ second }) => second % 20 === 0)
        .map(({ bodies }) => bodies),
    );
    assert.notDeepEqual(simulateScrapes(0, 0, 10, 2)[0]?.bodies, simulateScrapes(0, 0, 10)[0]?.bodies);
  });

  it('has load at the first scrape, and rates soon after', () => {
    const [, , third] = scrapes as [SimulatedScrape, SimulatedScrape, SimulatedScrape];
    for (const worker of firstWorkers) {
      assert.ok((valueOf(firstScrape, worker, 'num_requests_running') ?? 0) > 5);
      const tokensBefore = valueOf(firstScrape, worker, 'generation_tokens_total') ?? Infinity;
      assert.ok((valueOf(third, worker, 'generation_tokens_total') ?? 0) > tokensBefore);
    }
  });

  it('never lets a counter, bucket or count of a worker fall or disappear', () => {
    const previous = new Map<string, number>();
    for (const { values: byWorker, second } of scrapes) {
      for (const [key, last] of previous) {
        const [worker = '', name = ''] = key.split(' ');
        const current = byWorker.get(worker)?.get(name);
        assert.ok(current !== undefined && current >= last, `${key} at ${second}: ${last} → ${current}`);
      }
      for (const [worker, values] of byWorker) {
        for (const [name, current] of values)
          if (/_total$|_total\/|_bucket|_count$|_sum$/.test(name)) previous.set(`${worker} ${name}`, current);
      }
    }
    assert.ok(previous.size > 1500);
  });

  it('has cumulative buckets, the last of which is the count', () => {
    for (const { values: byWorker } of scrapes) {
      for (const values of byWorker.values()) {
        const lastBuckets = new Map<string, number>();
        for (const [name, current] of values) {
          const [, family] = /^(.*)_bucket\//.exec(name) ?? [];
          if (family === undefined) continue;
          assert.ok(current >= (lastBuckets.get(family) ?? 0), name);
          lastBuckets.set(family, current);
        }
        for (const [family, count] of lastBuckets) {
          assert.equal(values.get(`${family}_bucket/+Inf`), count);
          assert.equal(values.get(`${family}_count`), count);
        }
      }
    }
  });

  it('has no counter before its first increment, and none that is zero', () => {
    const [, , full] = firstWorkers;
    assert.equal(valueOf(firstScrape, full, 'num_preemptions_total'), undefined);
    assert.ok(valuesOf(full, 'num_preemptions_total').length > 0);
    const counters = scrapes
      .flatMap(({ values: byWorker }) => [...byWorker.values()].flatMap((values) => [...values]))
      .filter(([name]) => /_total(\/|$)/.test(name));
    for (const [name, current] of counters) assert.ok(current > 0, name);
  });

  it('changes the values of a worker only at its reports, which are 10 s apart', () => {
    const everySecond = simulateScrapes(0, 60, 1);
    for (const worker of firstWorkers) {
      const tokens = everySecond.map((scrape) => valueOf(scrape, worker, 'generation_tokens_total'));
      const changes = everySecond.filter((_scrape, index) => index > 0 && tokens[index] !== tokens[index - 1]);
      const intervals = changes.slice(1).map(({ second }, index) => second - (changes[index]?.second ?? 0));
      assert.deepEqual(intervals, Array(changes.length - 1).fill(10));
      assert.ok(changes.length >= 5);
    }
  });

  it('fills the cache of one engine, in which requests then wait and are preempted', () => {
    const [fast, slow, full] = firstWorkers;
    for (const worker of firstWorkers)
      for (const usage of valuesOf(worker, 'kv_cache_usage_perc')) assert.ok(usage >= 0 && usage <= 1);
    assert.ok(Math.max(...valuesOf(full, 'kv_cache_usage_perc')) >= 0.98);
    assert.ok(Math.max(...valuesOf(full, 'num_requests_waiting')) > 100);
    assert.ok((valuesOf(full, 'num_preemptions_total').at(-1) ?? 0) > 100);
    for (const worker of [fast, slow]) assert.ok(Math.max(...valuesOf(worker, 'kv_cache_usage_perc')) < 0.9);
    for (const scrape of scrapes) {
      for (const worker of engineWorkers(scrape)) {
        const [capacity = 0, deferred = 0] = ['capacity', 'deferred'].map((reason) =>
          valueOf(scrape, worker, `num_requests_waiting_by_reason/${reason}`),
        );
        assert.equal(capacity + deferred, valueOf(scrape, worker, 'num_requests_waiting') ?? 0);
      }
    }
  });

  it('has one slow engine, with more than 2.5 times the inter-token latency of a healthy one', () => {
    const [, slow, , healthy] = firstWorkers;
    const [slowLatency, healthyLatency] = [slow, healthy].map((worker) =>
      meanUntil(worker, 'inter_token_latency_seconds', 80),
    ) as [number, number];
    assert.ok(slowLatency > 2.5 * healthyLatency);
  });

  it('speculates on one engine only, with positions that add up to the accepted tokens', () => {
    const drafting = engineWorkers(lastScrape).filter(
      (worker) => valueOf(lastScrape, worker, 'spec_decode_num_drafts_total') !== undefined,
    );
    assert.deepEqual(drafting, firstWorkers.slice(0, 1));
    const [worker = ''] = drafting;
    const byPosition = [0, 1, 2].map(
      (position) => valueOf(lastScrape, worker, `spec_decode_num_accepted_tokens_per_pos_total/${position}`) ?? 0,
    );
    assert.equal(
      byPosition.reduce((sum, tokens) => sum + tokens),
      valueOf(lastScrape, worker, 'spec_decode_num_accepted_tokens_total'),
    );
  });

  it('hits the prefix cache, with consistent numbers', () => {
    for (const worker of engineWorkers(lastScrape)) {
      const value = (key: string): number => valueOf(lastScrape, worker, key) ?? NaN;
      assert.equal(
        value('prompt_tokens_by_source_total/local_compute') + value('prompt_tokens_by_source_total/local_cache_hit'),
        value('prompt_tokens_total'),
      );
      const rate = value('prefix_cache_hits_total') / value('prefix_cache_queries_total');
      assert.ok(rate > 0.5 && rate < 0.9, String(rate));
    }
  });

  it('restarts one engine, whose counters stay, with another WorkerId', () => {
    const [, , , dying] = firstWorkers;
    const actorOf = ({ actors }: SimulatedScrape, worker: string): SimulatedScrape['actors'][number] | undefined =>
      actors.find(({ address }) => address.workerId === worker);
    const alive = actorOf(scrapeAt(109), dying);
    assert.deepEqual([alive?.state, alive?.endTime], ['ALIVE', 0]);
    const dead = actorOf(scrapeAt(114), dying);
    assert.equal(dead?.state, 'DEAD');
    assert.ok((dead?.endTime ?? 0) > (dead?.startTime ?? 0));
    assert.equal(engineWorkers(scrapeAt(119)).length, 4);
    const successor = engineWorkers(scrapeAt(124)).find((worker) => !firstWorkers.includes(worker)) ?? '';
    assert.equal(actorOf(scrapeAt(124), successor)?.state, 'ALIVE');
    assert.equal(scrapeAt(134).values.get(successor), undefined);
    assert.ok((valueOf(scrapeAt(164), successor, 'num_requests_running') ?? 0) > 0);
    assert.equal(valueOf(scrapeAt(149), dying, 'num_requests_running'), undefined);
    assert.equal(
      valuesOf(dying, 'generation_tokens_total').at(-1),
      valueOf(scrapeAt(149), dying, 'generation_tokens_total'),
    );
    assert.equal(engineWorkers(lastScrape).length, 6);
  });

  it('lets engines sleep, which then have no gauges but keep their counters, and wakes them', () => {
    const [worker] = firstWorkers;
    assert.equal(valueOf(scrapeAt(249), worker, 'engine_sleep_state/awake'), 0);
    assert.equal(valueOf(scrapeAt(249), worker, 'engine_sleep_state/weights_offloaded'), 1);
    const asleepKeys = [...(scrapeAt(284).values.get(worker)?.keys() ?? [])];
    assert.deepEqual(
      asleepKeys.filter((key) => !/_total(\/|$|_)|_bucket|_count$|_sum$/.test(key)),
      [],
    );
    assert.ok(asleepKeys.includes('generation_tokens_total'));
    const inSecondCycle = (second: number): SimulatedScrape =>
      scrapes.find((scrape) => scrape.second > 270 && scrape.secondOfCycle === second)!;
    assert.equal(valueOf(inSecondCycle(4), worker, 'engine_sleep_state/awake'), 1);
    assert.ok((valueOf(inSecondCycle(14), worker, 'num_requests_running') ?? 0) > 0);
  });

  it('keeps a gauge for 20 s after the last report with it', () => {
    const [worker] = firstWorkers;
    const withGauge = simulateScrapes(200, 280, 1).filter(
      (scrape) => valueOf(scrape, worker, 'engine_sleep_state/awake') === 0,
    );
    assert.equal(withGauge.length, 20);
  });

  it('has at most one active phase', () => {
    const trainer = firstScrape.actors.find(({ className }) => className === 'Trainer')?.address.workerId ?? '';
    const activePhases = new Set<string>();
    for (const scrape of scrapes) {
      const phases = [...(scrape.values.get(trainer) ?? [])].filter(([key]) => key.startsWith('training_phase/'));
      const activeCount = phases.reduce((sum, [, isActive]) => sum + isActive, 0);
      assert.ok(activeCount === 0 || activeCount === 1);
      phases.filter(([, isActive]) => isActive === 1).forEach(([key]) => activePhases.add(key.split('/')[1] ?? ''));
      const size = valueOf(scrape, trainer, 'gen_buffer_qsize');
      assert.ok(
        size === undefined || (size >= 0 && size <= bufferSize && valueOf(scrape, trainer, 'mini_batch_size') === 96),
      );
    }
    assert.ok(activePhases.size >= 5, [...activePhases].join());
    assert.equal(valueOf(firstScrape, trainer, 'training_phase/wait_for_generation_buffer'), 1);
  });

  it('has two H100s per node, with memory in MB', () => {
    const body = firstScrape.bodies[1] ?? '';
    assert.equal(
      body.match(
        /^ray_node_gram_used\{GpuDeviceName="NVIDIA H100 80GB HBM3",GpuIndex="[01]",.*ip="10\.0\.0\.12".*\} 69312\.0$/gm,
      )?.length,
      2,
    );
    assert.ok(!/192\.0\.2\.2/.test(body));
  });

  it('does not grow without end', () => {
    const [late] = simulateScrapes(13 * cycleSeconds, 13 * cycleSeconds, 1);
    assert.equal(late?.actors.filter(({ state }) => state === 'DEAD').length, maxDeadWorkers);
    assert.ok((late?.bodies[1]?.length ?? 0) < 1_500_000);
  });
});

describe('A scenario', () => {
  it('is followed by the simulation, such as one engine that sleeps at once', () => {
    const [scrape] = simulateScrapes(0, 0, 1, 1, {
      ...demonstrationScenario,
      engines: demonstrationScenario.engines.slice(0, 1),
      events: [{ at: 1, engine: 'all', event: 'sleep' }],
    });
    const engines = scrape?.actors.filter(({ className }) => className === 'VLLMServerActor') ?? [];
    assert.equal(engines.length, 1);
    assert.equal(
      scrape?.values.get(engines[0]?.address.workerId ?? '')?.get('engine_sleep_state/weights_offloaded'),
      1,
    );
    assert.ok(headStartSeconds > 20, 'a report comes after the event');
  });
});
