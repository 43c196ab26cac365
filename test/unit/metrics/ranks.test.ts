import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import type { Snapshot } from '../../../src/api';
import { fixturePath } from '../../demonstration/paths';
import { at, engineOf, lines, measureOf, nativeEngine, newScene, rayEngine, targetA, type Samples } from './scene';

const bodyOf = (name: string): string => readFileSync(fixturePath('situations', `${name}.prom`), 'utf8');

/** Four of SkyRL's metrics, as measures: running, tokens/s, fullest KV cache, hit rate. */
const mainMeasures = (snapshot: Snapshot): (number | undefined)[] =>
  ['num_requests_running', 'generation_throughput_tok_s', 'kv_cache_usage_perc', 'prefix_cache_hit_rate'].map(
    (id) => measureOf(snapshot, id)?.value,
  );

const rank = (number: number, tokens: number, samples: Samples = {}): string =>
  rayEngine('w1', { generation_tokens_total: tokens, num_requests_running: 4, ...samples }, { engine: `${number}` });

describe('data-parallel ranks in one worker on Ray', () => {
  it('are one engine, and all of them count in its measures and in SkyRL’s values', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: bodyOf('ranks-t0') });
    const snapshot = scene.scrape(10, { [targetA]: bodyOf('ranks-t10') });
    assert.deepEqual(mainMeasures(snapshot), [13, 200, 0.93, 0.25]);
    assert.deepEqual(
      snapshot.engines.map(({ id, state }) => [id, state]),
      [['bb22', 'active']],
    );
    assert.equal(engineOf(snapshot, 'bb22')?.measures['num_requests_running']?.value, 13);
    assert.deepEqual(snapshot.values, {
      'vllm/num_requests_running': 13,
      'vllm/kv_cache_usage_perc': 0.515,
      'vllm/generation_throughput_tok_s': 200,
      'vllm/prefix_cache_hit_rate': 0.25,
    });
  });

  it('are counted from 0 if they come, and no longer if they go, without a restart', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rank(0, 1000) });
    const came = scene.scrape(10, { [targetA]: rank(0, 2000) + rank(1, 500) });
    assert.deepEqual(mainMeasures(came).slice(0, 2), [8, 150]);
    const gone = scene.scrape(20, { [targetA]: rank(1, 1000) });
    assert.deepEqual([gone.findings.map(({ id }) => id), mainMeasures(gone)[1]], [[], 50]);
    assert.equal(mainMeasures(scene.scrape(41, { [targetA]: rank(1, 1500) }))[0], 4);
  });

  it('sit a rate window out together if the counters of one begin anew', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rank(0, 1000) + rank(1, 1000) });
    scene.scrape(10, { [targetA]: rank(0, 2000) + rank(1, 2000) });
    const restarted = scene.scrape(20, { [targetA]: rank(0, 3000) + rank(1, 10) });
    assert.deepEqual(
      [mainMeasures(restarted)[1], restarted.values['vllm/generation_throughput_tok_s']],
      [undefined, undefined],
    );
    assert.equal(mainMeasures(scene.scrape(30, { [targetA]: rank(0, 4000) + rank(1, 510) }))[1], 150);
  });

  it('add up the buckets of a histogram', () => {
    const histogram = (low: number, high: number): Samples => ({
      'request_queue_time_seconds_bucket{le="1.0"}': low,
      'request_queue_time_seconds_bucket{le="2.0"}': high,
      'request_queue_time_seconds_bucket{le="+Inf"}': high,
      request_queue_time_seconds_count: high,
    });
    const scene = newScene();
    scene.scrape(0, { [targetA]: rank(0, 1, histogram(0, 0)) + rank(1, 1, histogram(0, 0)) });
    const { distributions } = scene.scrape(10, {
      [targetA]: rank(0, 2, histogram(3, 4)) + rank(1, 2, histogram(1, 6)),
    });
    const [distribution] = Object.entries(distributions ?? {}).find(([id]) => id.includes('queue')) ?? [];
    assert.ok(distribution);
    assert.deepEqual(distributions?.[distribution]?.counts, [4, 6, 0]);
  });

  it('are asleep only if all of them are', () => {
    const sleeping = (awake: number): Samples => ({ 'engine_sleep_state{sleep_state="awake"}': awake });
    const stateWith = (first: number, second: number): string | undefined =>
      engineOf(newScene().scrape(0, { [targetA]: rank(0, 1, sleeping(first)) + rank(1, 1, sleeping(second)) }), 'w1')
        ?.state;
    assert.deepEqual([stateWith(0, 0), stateWith(0, 1), stateWith(1, 0)], ['asleep', 'active', 'active']);
  });

  it('leave their label out of the cache’s config', () => {
    const config = { 'cache_config_info{block_size="16"}': 1 };
    const { engines } = newScene().scrape(0, { [targetA]: rank(0, 1, config) + rank(1, 1, config) });
    assert.equal(engines[0]?.config?.['block_size'], '16');
    assert.equal('engine' in (engines[0]?.config ?? {}), false);
  });
});

describe('series of one engine that differ in another label', () => {
  /** Two series that usually are one: only the label of their reporter differs. */
  const replicas = (first: number, second: number): string =>
    rayEngine('w1', { generation_tokens_total: first, num_requests_running: 1 }, { ReplicaId: 'a' }) +
    rayEngine('w1', { generation_tokens_total: second, num_requests_running: 2 }, { ReplicaId: 'b' });

  it('both count, in any order and if one goes', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: replicas(0, 0) });
    const both = scene.scrape(10, { [targetA]: replicas(1000, 500) });
    assert.deepEqual(mainMeasures(both).slice(0, 2), [3, 150]);
    const reversed = replicas(2000, 1000).split('\n').reverse().join('\n');
    assert.equal(mainMeasures(scene.scrape(20, { [targetA]: `${reversed}\n` }))[1], 150);
    const second = rayEngine('w1', { generation_tokens_total: 1200 }, { ReplicaId: 'b' });
    assert.equal(mainMeasures(scene.scrape(30, { [targetA]: second }))[1], 20);
  });

  it('count once if all labels are equal', () => {
    const twice = rayEngine('w1', { num_requests_running: 3 }).repeat(2);
    assert.equal(mainMeasures(newScene().scrape(0, { [targetA]: twice }))[0], 3);
  });

  it('are one if the label changes from one answer to the next', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rayEngine('w1', { generation_tokens_total: 0 }, { Version: '2.57.0' }) });
    const next = scene.scrape(10, {
      [targetA]: rayEngine('w1', { generation_tokens_total: 700 }, { Version: '2.57.1' }),
    });
    assert.equal(mainMeasures(next)[1], 70);
  });

  it('are pipelines of a server: all of them count, and its ranks are engines', () => {
    const server = (tokens: number): string =>
      ['0', '1']
        .map((engine) =>
          ['a', 'b']
            .map((pipeline) =>
              lines(
                'vllm:',
                { engine, pipeline, model_name: 'm' },
                { generation_tokens_total: tokens, num_requests_running: 2 },
              ),
            )
            .join(''),
        )
        .join('');
    const scene = newScene('vllm');
    scene.scrape(0, { [targetA]: server(0) });
    const snapshot = scene.scrape(10, { [targetA]: server(100) });
    assert.equal(snapshot.engines.length, 2);
    assert.deepEqual(mainMeasures(snapshot).slice(0, 2), [8, 40]);
  });
});

describe('ratios whose halves are not both there', () => {
  const hitRate = (snapshot: Snapshot): number | undefined => measureOf(snapshot, 'prefix_cache_hit_rate')?.value;
  const cache = (queries: number | undefined, hits: number): Samples => ({
    ...(queries !== undefined && { prefix_cache_queries_total: queries }),
    prefix_cache_hits_total: hits,
  });

  it('use the same rate windows for both halves, and say which', () => {
    const scene = newScene('vllm');
    const scrape = (second: number, queries: number | undefined, hits: number): Snapshot =>
      scene.scrape(second, { [targetA]: nativeEngine(cache(queries, hits)) }, { trigger: 'timer' });
    scrape(0, 0, 0);
    assert.equal(hitRate(scrape(10, 100, 80)), 0.8);
    const without = scrape(20, undefined, 160);
    assert.deepEqual([hitRate(without), measureOf(without, 'prefix_cache_hit_rate')?.to], [0.8, at(10)]);
    assert.equal(hitRate(scrape(30, 300, 240)), 0.8);
    assert.equal(hitRate(scrape(40, 400, 260)), 0.2);
  });

  it('leave an engine out of SkyRL’s value, too', () => {
    const scene = newScene();
    const engines = (first: Samples, second: Samples): string => rayEngine('w1', first) + rayEngine('w2', second);
    scene.scrape(0, { [targetA]: engines(cache(0, 0), cache(0, 0)) });
    const { values } = scene.scrape(10, { [targetA]: engines(cache(undefined, 90), cache(100, 30)) });
    assert.equal(values['vllm/prefix_cache_hit_rate'], 0.3);
    const queriesOnly = { prefix_cache_queries_total: 300 };
    assert.equal(
      scene.scrape(20, { [targetA]: engines(cache(100, 95), queriesOnly) }).values['vllm/prefix_cache_hit_rate'],
      undefined,
    );
  });

  it('use the ranks that have both halves', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rank(0, 0, cache(0, 0)) + rank(1, 0, cache(0, 0)) });
    const { measures } = scene.scrape(10, {
      [targetA]: rank(0, 10, cache(undefined, 90)) + rank(1, 10, cache(100, 30)),
    });
    assert.equal(measures['prefix_cache_hit_rate']?.value, 0.3);
  });

  it('are unknown on a server without vLLM’s numerator, and 0 on Ray, which creates counters later', () => {
    const queries = (count: number): Samples => ({ prefix_cache_queries_total: count });
    const server = newScene('vllm');
    server.scrape(0, { [targetA]: nativeEngine(queries(0)) });
    assert.equal(hitRate(server.scrape(10, { [targetA]: nativeEngine(queries(100)) })), undefined);
    const ray = newScene();
    ray.scrape(0, { [targetA]: rayEngine('w1', queries(0)) });
    assert.equal(hitRate(ray.scrape(10, { [targetA]: rayEngine('w1', queries(100)) })), 0);
  });

  it('are no share if they are above 1, and no mean without a sum', () => {
    const scene = newScene('vllm');
    const samples = (count: number): Samples => ({
      ...cache(count, 3 * count),
      time_to_first_token_seconds_count: count,
    });
    scene.scrape(0, { [targetA]: nativeEngine(samples(0)) });
    const snapshot = scene.scrape(10, { [targetA]: nativeEngine(samples(10)) });
    assert.deepEqual([hitRate(snapshot), measureOf(snapshot, 'ttft_seconds_avg')], [undefined, undefined]);
    assert.equal(hitRate(scene.scrape(20, { [targetA]: nativeEngine({ ...samples(20), ...cache(20, 35) }) })), 0.5);
  });

  it('divide rates by the time of the windows that have the counter', () => {
    const scene = newScene('vllm');
    const scrape = (second: number, tokens: number | undefined): Snapshot =>
      scene.scrape(
        second,
        {
          [targetA]: nativeEngine({
            prompt_tokens_total: 10 * second,
            ...(tokens !== undefined && { generation_tokens_total: tokens }),
          }),
        },
        { trigger: 'timer' },
      );
    scrape(0, 0);
    scrape(10, 1000);
    assert.equal(mainMeasures(scrape(20, undefined))[1], 100);
    assert.equal(mainMeasures(scrape(30, 3000))[1], 100);
  });
});

describe('accepted draft tokens by position', () => {
  /** Three tokens are drafted at a time; the third was never accepted, so that Ray has no series of it. */
  const drafts = (count: number, second = 0.5): Samples => ({
    spec_decode_num_drafts_total: count,
    spec_decode_num_draft_tokens_total: 3 * count,
    spec_decode_num_accepted_tokens_total: count * (0.8 + second),
    'spec_decode_num_accepted_tokens_per_pos_total{position="0"}': count * 0.8,
    'spec_decode_num_accepted_tokens_per_pos_total{position="1"}': count * second,
  });
  const positions = ({ measures }: Pick<Snapshot, 'measures'>): (number | undefined)[] =>
    [1, 2, 3, 4, 10].map((position) => measures[`draft_acceptance_rate_pos_${position}`]?.value);

  it('are 0 % where the position is drafted and nothing was accepted, absent where it is not drafted', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rayEngine('w1', drafts(0)) });
    const { measures, values } = scene.scrape(10, { [targetA]: rayEngine('w1', drafts(100)) });
    assert.deepEqual(positions({ measures }), [0.8, 0.5, 0, undefined, undefined]);
    assert.deepEqual(
      Object.keys(values).filter((key) => key.includes('_pos_')),
      ['vllm/draft_acceptance_rate_pos_1', 'vllm/draft_acceptance_rate_pos_2'],
    );
  });

  it('are absent since the start, too, and of a server that has the positions at 0 they are 0 %', () => {
    const { sinceStart } = newScene().scrape(0, { [targetA]: rayEngine('w1', drafts(100)) });
    assert.deepEqual(
      Object.keys(sinceStart).filter((id) => id.includes('_pos_')),
      ['draft_acceptance_rate_pos_1', 'draft_acceptance_rate_pos_2', 'draft_acceptance_rate_pos_3'],
    );
    const server = (count: number): string =>
      nativeEngine({ ...drafts(count), 'spec_decode_num_accepted_tokens_per_pos_total{position="3"}': 0 });
    const scene = newScene('vllm');
    scene.scrape(0, { [targetA]: server(0) });
    assert.deepEqual(positions(scene.scrape(10, { [targetA]: server(10) })), [0.8, 0.5, 0, 0, undefined]);
  });
});
