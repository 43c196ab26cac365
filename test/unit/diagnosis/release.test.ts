import { strict as assert } from 'node:assert';
import { oldestRelease, releaseOf, releaseWords } from '../../../src/diagnosis/index';
import { catalogRow } from '../../../src/metrics/catalog/index';
import { caveatMessages } from '../../../src/views/tree/metricRow';
import { rayRecordings } from '../../demonstration/index';
import { replayRecording } from '../support/replay';

describe('the release of vLLM by the families that an engine shows', () => {
  const none: ReadonlySet<string> = new Set();

  it('is at least the one that brought the newest of them, and less than the one that took an old name away', () => {
    assert.deepEqual(
      releaseOf(new Set(['kv_cache_usage_perc', 'inter_token_latency_seconds', 'prompt_tokens_by_source']), none),
      { from: '0.16' },
    );
    assert.deepEqual(
      releaseOf(
        new Set(['kv_cache_usage_perc', 'inter_token_latency_seconds']),
        new Set(['kv_cache_usage_perc', 'inter_token_latency_seconds']),
      ),
      { below: '0.12' },
    );
    assert.deepEqual(
      releaseOf(
        new Set(['kv_cache_usage_perc', 'inter_token_latency_seconds']),
        new Set(['inter_token_latency_seconds']),
      ),
      { from: '0.9', below: '0.15' },
    );
    assert.equal(releaseOf(new Set(['generation_tokens']), none), undefined);
    assert.equal(
      releaseOf(new Set(['kv_cache_usage_perc', 'prompt_tokens_by_source']), new Set(['kv_cache_usage_perc'])),
      undefined,
      'what no release shows together',
    );
    assert.deepEqual([{ from: '0.16' }, { below: '0.12' }, { from: '0.9', below: '0.15' }].map(releaseWords), [
      '0.16 or newer',
      'before 0.12',
      '0.9 to before 0.15',
    ]);
  });

  for (const name of rayRecordings) {
    it(`${name}: every engine that reports can be the vLLM that was recorded`, async () => {
      const last = (await replayRecording(name)).at(-1)!.snapshot;
      const told = last.engines.flatMap(({ release }) => release ?? []);
      assert.ok(told.length > 0);
      for (const release of told) assert.deepEqual(release, { from: '0.16' });
    });
  }

  it('of several engines is the oldest; what is mended since is then no caveat', async () => {
    const snapshot = (await replayRecording('ray-2.57'))[1]!.snapshot;
    const [engine] = snapshot.engines;
    const of = (...from: (string | undefined)[]) =>
      from.map((each) => ({ ...engine!, ...(each === undefined ? { release: {} } : { release: { from: each } }) }));
    assert.deepEqual(
      [oldestRelease(of('0.26', '0.16')), oldestRelease(of('0.26', undefined)), oldestRelease([])],
      ['0.16', undefined, undefined],
    );
    const hits = catalogRow('prefix_cache_hit_rate');
    assert.equal(caveatMessages(hits, { ...snapshot, engines: of('0.16') }).length, 1);
    assert.deepEqual(caveatMessages(hits, { ...snapshot, engines: of('0.26') }), []);
  });
});
