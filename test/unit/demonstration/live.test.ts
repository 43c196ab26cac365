import { strict as assert } from 'node:assert';
import { bufferSize } from '../../demonstration/live/trainer';
import { deadKept } from '../../demonstration/live/simulation';
import { cycleSeconds } from '../../demonstration/live/timeline';
import { watch, type Moment } from './watching';

describe('the demonstration run', function () {
  this.timeout(30_000);
  let moments: Moment[];
  before(() => {
    moments = watch(0, 2 * cycleSeconds, 5);
  });

  const engines = (moment: Moment): string[] =>
    moment.actors.filter(({ className }) => className === 'VLLMServerActor').map(({ address }) => address.workerId);
  const value = (moment: Moment, worker: string, key: string): number | undefined => moment.view.get(worker)?.get(key);
  const of = (worker: string, key: string): number[] =>
    moments.map((moment) => value(moment, worker, key)).filter((each) => each !== undefined);
  const first = (): string[] => engines(moments[0] as Moment);
  /** Δsum by Δcount from the first moment to the one at `second`. */
  const mean = (worker: string, family: string, second: number): number => {
    const end = moments.find((moment) => moment.second === second) as Moment;
    return (value(end, worker, `${family}_sum`) ?? 0) / (value(end, worker, `${family}_count`) ?? 0);
  };

  it('is the same for the same seed and times, and another for another seed', () => {
    assert.deepEqual(
      watch(0, 60, 20).map(({ bodies }) => bodies),
      watch(0, 60, 10)
        .filter(({ second }) => second % 20 === 0)
        .map(({ bodies }) => bodies),
    );
    assert.notDeepEqual(watch(0, 0, 10, 2)[0]?.bodies, watch(0, 0, 10)[0]?.bodies);
  });

  it('shows load to the first scrape and rates to the second', () => {
    const [now, , next] = moments as [Moment, Moment, Moment];
    for (const worker of first()) {
      assert.ok((value(now, worker, 'num_requests_running') ?? 0) > 5);
      assert.ok(
        (value(next, worker, 'generation_tokens_total') ?? 0) >
          (value(now, worker, 'generation_tokens_total') ?? Infinity),
      );
    }
  });

  it('never lets a counter, bucket or count of a worker fall or vanish', () => {
    const before = new Map<string, number>();
    for (const { view, second } of moments) {
      for (const [key, last] of before) {
        const [worker = '', name = ''] = key.split(' ');
        const current = view.get(worker)?.get(name);
        assert.ok(current !== undefined && current >= last, `${key} at ${second}: ${last} → ${current}`);
      }
      for (const [worker, values] of view) {
        for (const [name, current] of values)
          if (/_total$|_total\/|_bucket|_count$|_sum$/.test(name)) before.set(`${worker} ${name}`, current);
      }
    }
    assert.ok(before.size > 1500);
  });

  it('has cumulative buckets that end in the count', () => {
    for (const { view } of moments) {
      for (const values of view.values()) {
        const last = new Map<string, number>();
        for (const [name, current] of values) {
          const [, family] = /^(.*)_bucket\//.exec(name) ?? [];
          if (family === undefined) continue;
          assert.ok(current >= (last.get(family) ?? 0), name);
          last.set(family, current);
        }
        for (const [family, total] of last) {
          assert.equal(values.get(`${family}_bucket/+Inf`), total);
          assert.equal(values.get(`${family}_count`), total);
        }
      }
    }
  });

  it('makes no counter before its first increment, and no zero ever', () => {
    const [, , full] = first() as [string, string, string];
    assert.equal(value(moments[0] as Moment, full, 'num_preemptions_total'), undefined);
    assert.ok(of(full, 'num_preemptions_total').length > 0);
    const counters = moments
      .flatMap(({ view }) => [...view.values()].flatMap((values) => [...values]))
      .filter(([name]) => /_total(\/|$)/.test(name));
    for (const [name, current] of counters) assert.ok(current > 0, name);
  });

  it('changes a worker’s values only at its own reports, 10 s apart', () => {
    const close = watch(0, 60, 1);
    for (const worker of first()) {
      const tokens = close.map((moment) => value(moment, worker, 'generation_tokens_total'));
      const changes = close.filter((_moment, index) => index > 0 && tokens[index] !== tokens[index - 1]);
      const gaps = changes.slice(1).map(({ second }, index) => second - (changes[index]?.second ?? 0));
      assert.deepEqual(gaps, Array(changes.length - 1).fill(10));
      assert.ok(changes.length >= 5);
    }
  });

  it('fills the cache of one engine, which then waits and preempts; the others stay below', () => {
    const [one, slow, full] = first() as [string, string, string];
    for (const worker of first())
      for (const usage of of(worker, 'kv_cache_usage_perc')) assert.ok(usage >= 0 && usage <= 1);
    assert.ok(Math.max(...of(full, 'kv_cache_usage_perc')) >= 0.98);
    assert.ok(Math.max(...of(full, 'num_requests_waiting')) > 100);
    assert.ok((of(full, 'num_preemptions_total').at(-1) ?? 0) > 100);
    for (const worker of [one, slow]) assert.ok(Math.max(...of(worker, 'kv_cache_usage_perc')) < 0.9);
    for (const moment of moments) {
      for (const worker of engines(moment)) {
        const [capacity = 0, deferred = 0] = ['capacity', 'deferred'].map((reason) =>
          value(moment, worker, `num_requests_waiting_by_reason/${reason}`),
        );
        assert.equal(capacity + deferred, value(moment, worker, 'num_requests_waiting') ?? 0);
      }
    }
  });

  it('has one slow engine: about three times or more the inter-token latency of a healthy one', () => {
    const [, slow, , healthy] = first() as [string, string, string, string];
    assert.ok(mean(slow, 'inter_token_latency_seconds', 80) > 2.5 * mean(healthy, 'inter_token_latency_seconds', 80));
  });

  it('drafts on one engine only, and counts positions that sum up', () => {
    const end = moments.at(-1) as Moment;
    const drafting = engines(end).filter((worker) => value(end, worker, 'spec_decode_num_drafts_total') !== undefined);
    assert.deepEqual(drafting, first().slice(0, 1));
    const positions = [0, 1, 2].map(
      (position) => value(end, drafting[0] ?? '', `spec_decode_num_accepted_tokens_per_pos_total/${position}`) ?? 0,
    );
    assert.equal(
      positions.reduce((sum, tokens) => sum + tokens),
      value(end, drafting[0] ?? '', 'spec_decode_num_accepted_tokens_total'),
    );
  });

  it('hits the prefix cache, in numbers that agree', () => {
    const end = moments.at(-1) as Moment;
    for (const worker of engines(end)) {
      const get = (key: string): number => value(end, worker, key) ?? NaN;
      assert.equal(
        get('prompt_tokens_by_source_total/local_compute') + get('prompt_tokens_by_source_total/local_cache_hit'),
        get('prompt_tokens_total'),
      );
      const rate = get('prefix_cache_hits_total') / get('prefix_cache_queries_total');
      assert.ok(rate > 0.5 && rate < 0.9, String(rate));
    }
  });

  it('restarts one engine: dead with an end, its counters still there, its successor 25 s later with another WorkerId', () => {
    const victim = first()[3] ?? '';
    const at = (second: number): Moment => moments.find((moment) => moment.ofCycle === second) as Moment;
    const actor = (moment: Moment, worker: string): Moment['actors'][number] | undefined =>
      moment.actors.find(({ address }) => address.workerId === worker);
    assert.deepEqual([actor(at(109), victim)?.state, actor(at(109), victim)?.endTime], ['ALIVE', 0]);
    assert.equal(actor(at(114), victim)?.state, 'DEAD');
    assert.ok((actor(at(114), victim)?.endTime ?? 0) > (actor(at(114), victim)?.startTime ?? 0));
    assert.equal(engines(at(119)).length, 4);
    const successor = engines(at(124)).find((worker) => !first().includes(worker)) ?? '';
    assert.equal(actor(at(124), successor)?.state, 'ALIVE');
    assert.equal(at(134).view.get(successor), undefined);
    assert.ok((value(at(164), successor, 'num_requests_running') ?? 0) > 0);
    assert.equal(value(at(149), victim, 'num_requests_running'), undefined);
    assert.equal(of(victim, 'generation_tokens_total').at(-1), value(at(149), victim, 'generation_tokens_total'));
    assert.equal(engines(moments.at(-1) as Moment).length, 6);
  });

  it('sleeps: the sleep gauge, then no gauges at all while counters stay, then awake', () => {
    const worker = first()[0] ?? '';
    const at = (second: number): Moment => moments.find((moment) => moment.ofCycle === second) as Moment;
    assert.equal(value(at(249), worker, 'engine_sleep_state/awake'), 0);
    assert.equal(value(at(249), worker, 'engine_sleep_state/weights_offloaded'), 1);
    const asleep = [...(at(284).view.get(worker)?.keys() ?? [])];
    assert.deepEqual(
      asleep.filter((key) => !/_total(\/|$|_)|_bucket|_count$|_sum$/.test(key)),
      [],
    );
    assert.ok(asleep.includes('generation_tokens_total'));
    const woken = (second: number): Moment =>
      moments.find((moment) => moment.second > 270 && moment.ofCycle === second) as Moment;
    assert.equal(value(woken(4), worker, 'engine_sleep_state/awake'), 1);
    assert.ok((value(woken(14), worker, 'num_requests_running') ?? 0) > 0);
  });

  it('keeps a gauge 20 s after the last report that had it, no longer', () => {
    const worker = first()[0] ?? '';
    const close = watch(200, 280, 1);
    const seen = close
      .filter((moment) => value(moment, worker, 'engine_sleep_state/awake') === 0)
      .map(({ second }) => second);
    assert.equal(seen.length, 20);
  });

  it('names one phase at most, of those that were', () => {
    const trainer = moments[0]?.actors.find(({ className }) => className === 'Trainer')?.address.workerId ?? '';
    const active = new Set<string>();
    for (const moment of moments) {
      const phases = [...(moment.view.get(trainer) ?? [])].filter(([key]) => key.startsWith('training_phase/'));
      const sum = phases.reduce((total, [, on]) => total + on, 0);
      assert.ok(sum === 0 || sum === 1);
      phases.filter(([, on]) => on === 1).forEach(([key]) => active.add(key.split('/')[1] ?? ''));
      const size = value(moment, trainer, 'gen_buffer_qsize');
      assert.ok(
        size === undefined || (size >= 0 && size <= bufferSize && value(moment, trainer, 'mini_batch_size') === 96),
      );
    }
    assert.ok(active.size >= 5, [...active].join());
    assert.equal(value(moments[0] as Moment, trainer, 'training_phase/wait_for_generation_buffer'), 1);
  });

  it('has two H100s a node, in MB', () => {
    const body = moments[0]?.bodies[1] ?? '';
    assert.equal(
      body.match(
        /^ray_node_gram_used\{GpuDeviceName="NVIDIA H100 80GB HBM3",GpuIndex="[01]",.*ip="10\.0\.0\.12".*\} 69312\.0$/gm,
      )?.length,
      2,
    );
    assert.ok(!/192\.0\.2\.2/.test(body));
  });

  it('does not grow for ever', () => {
    const later = watch(13 * cycleSeconds, 13 * cycleSeconds, 1);
    const end = later.at(-1) as Moment;
    assert.equal(end.actors.filter(({ state }) => state === 'DEAD').length, deadKept);
    assert.ok((end.bodies[1]?.length ?? 0) < 1_500_000);
  });
});
