import { strict as assert } from 'node:assert';
import { maxGroups } from '../../../src/metrics/rowAggregate';
import { targetA, targetB, at, engineOf, newScene, rayEngine, measureOf, nativeEngine, type Samples } from './scene';

const gauges = (worker: string, running: number, kv: number, labels: Record<string, string> = {}): string =>
  rayEngine(
    worker,
    { num_requests_running: running, num_requests_waiting: 1, kv_cache_usage_perc: kv, generation_tokens_total: 1 },
    labels,
  );

const ttft = 'time_to_first_token_seconds';

/** The samples of a histogram of three buckets; `counts` are those of each bucket alone. */
function histogram(counts: readonly [number, number, number], sum: number): Samples {
  const [first, second, last] = counts;
  return {
    [`${ttft}_bucket{le="0.5"}`]: first,
    [`${ttft}_bucket{le="1.0"}`]: first + second,
    [`${ttft}_bucket{le="+Inf"}`]: first + second + last,
    [`${ttft}_count`]: first + second + last,
    [`${ttft}_sum`]: sum,
  };
}

const ttftBuckets = (counts: Readonly<Record<string, number>>): Samples =>
  Object.fromEntries(
    Object.entries(counts).map(([le, count]) => [`time_to_first_token_seconds_bucket{le="${le}"}`, count]),
  );

describe('RowAggregate: gauges of three engines', () => {
  const scene = newScene();

  const snapshot = scene.scrape(0, {
    [targetA]: gauges('w1', 3, 0.25) + gauges('w2', 5, 0.95),
    [targetB]: gauges('w3', 1, 0.3),
  });

  it('sums requests, and names the lowest and the highest engine', () => {
    assert.deepEqual(measureOf(snapshot, 'num_requests_running'), {
      value: 9,
      to: at(0),
      lowest: { engine: 'w3', value: 1 },
      highest: { engine: 'w2', value: 5 },
      counted: 3,
      of: 3,
    });
  });

  it('shows the KV usage of the fullest engine, and the mean as another row', () => {
    assert.equal(measureOf(snapshot, 'kv_cache_usage_perc')?.value, 0.95);
    assert.deepEqual(measureOf(snapshot, 'kv_cache_usage_perc')?.highest, { engine: 'w2', value: 0.95 });
    assert.equal(measureOf(snapshot, 'kv_cache_usage_mean')?.value, 0.5);
    assert.equal(snapshot.values['vllm/kv_cache_usage_perc'], 0.5, 'SkyRL logs the mean');
  });

  it('has no beginning for a measure of one moment', () =>
    assert.equal('from' in (measureOf(snapshot, 'kv_cache_usage_perc') ?? {}), false));

  it('has neither spread nor count in an engine’s own measures', () => {
    assert.deepEqual(engineOf(snapshot, 'w2')?.measures['kv_cache_usage_perc'], { value: 0.95, to: at(0) });
  });
});

describe('RowAggregate: histograms', () => {
  it('pools the means of several engines, so that an engine with more requests weighs more', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rayEngine('w1', histogram([0, 0, 0], 0)) + rayEngine('w2', histogram([0, 0, 0], 0)) });
    const { measures } = scene.scrape(10, {
      [targetA]: rayEngine('w1', histogram([9, 0, 0], 0.9)) + rayEngine('w2', histogram([0, 1, 0], 0.6)),
    });
    assert.equal(measures['ttft_seconds_avg']?.value, 0.15);
    assert.deepEqual(
      [measures['ttft_seconds_avg']?.lowest?.value, measures['ttft_seconds_avg']?.highest?.value],
      [0.1, 0.6],
    );
  });

  it('does not merge engines with other bounds, and says how many are left out', () => {
    const scene = newScene('vllm');
    const body = (n: number): string =>
      nativeEngine(ttftBuckets({ 0.5: n, '+Inf': n })) +
      nativeEngine(ttftBuckets({ 0.5: n, '+Inf': n }), '1') +
      nativeEngine(ttftBuckets({ 0.7: n, '+Inf': n }), '2');
    scene.scrape(0, { [targetA]: body(0) });
    const snapshot = scene.scrape(10, { [targetA]: body(10) });
    const { counted, of, unmerged, value } = measureOf(snapshot, 'ttft_seconds_p50') ?? {};
    assert.deepEqual([counted, of, unmerged, value], [2, 3, 1, 0.25]);
    assert.equal(engineOf(snapshot, `${targetA} 2`)?.measures['ttft_seconds_p50']?.value, 0.35);
    assert.deepEqual(
      snapshot.findings.map(({ id }) => id),
      ['bounds-differ'],
    );
    const [{ message, advice = '' } = assert.fail()] = snapshot.findings;
    assert.match(message, /^Quantiles of “Time to first token” cover 2 of 3 engines/);
    assert.match(advice, /^Releases of vLLM have different bounds/);
  });

  it('compares 32 lists of bounds, and counts no engines with one more', () => {
    const scene = newScene('vllm');
    // The engines of the last list are the most.
    const body = (lists: number, n: number): string =>
      Array.from({ length: lists }, (_, list) => list)
        .flatMap((list) => (list === lists - 1 ? [list, list] : [list]))
        .map((list, rank) => nativeEngine(ttftBuckets({ [list + 1]: n, '+Inf': n }), String(rank)))
        .join('');
    const counted = (lists: number, second: number): unknown => {
      scene.scrape(second, { [targetA]: body(lists, 0) });
      const measure = measureOf(scene.scrape(second + 10, { [targetA]: body(lists, 10) }), 'ttft_seconds_p50');
      return [measure?.counted, measure?.of, measure?.unmerged];
    };
    assert.deepEqual(counted(maxGroups, 0), [2, 33, 31]);
    assert.deepEqual(counted(maxGroups + 1, 100), [1, 34, 33]);
  });

  it('names what other bounds of token lengths come from', () => {
    const scene = newScene('vllm');
    const body = (n: number): string =>
      ['0', '1']
        .map((rank) =>
          nativeEngine(
            {
              [`request_prompt_tokens_bucket{le="${rank === '0' ? 2000 : 5000}"}`]: n,
              'request_prompt_tokens_bucket{le="+Inf"}': n,
            },
            rank,
          ),
        )
        .join('');
    scene.scrape(0, { [targetA]: body(0) });
    const [{ message, advice = '' } = assert.fail()] = scene.scrape(10, { [targetA]: body(10) }).findings;
    assert.match(message, /^Quantiles of token lengths cover 1 of 2 engines/);
    assert.match(advice, /max_model_len/);
  });
});
