/** Which releases of vLLM engines can be, by their families. */
import { strict as assert } from 'node:assert';
import { describeRelease, inferRelease, oldestRelease } from '../../../src/diagnosis/releases';
import { catalogRow } from '../../../src/metrics/catalog/index';
import { caveatMessages } from '../../../src/views/tree/metricRow';
import { rayRecordings } from '../../demonstration/index';
import { replayRecording } from '../support/replay';

describe('the release of vLLM by the families that an engine publishes', () => {
  const none: ReadonlySet<string> = new Set();

  it('is at least the one that introduced the newest family, and before the one that removed an old name', () => {
    assert.deepEqual(
      inferRelease(new Set(['kv_cache_usage_perc', 'inter_token_latency_seconds', 'prompt_tokens_by_source']), none),
      { from: '0.16' },
    );
    assert.deepEqual(
      inferRelease(
        new Set(['kv_cache_usage_perc', 'inter_token_latency_seconds']),
        new Set(['kv_cache_usage_perc', 'inter_token_latency_seconds']),
      ),
      { below: '0.12' },
    );
    assert.deepEqual(
      inferRelease(
        new Set(['kv_cache_usage_perc', 'inter_token_latency_seconds']),
        new Set(['inter_token_latency_seconds']),
      ),
      { from: '0.9', below: '0.15' },
    );
    assert.equal(inferRelease(new Set(['generation_tokens']), none), undefined);
    assert.equal(
      inferRelease(new Set(['kv_cache_usage_perc', 'prompt_tokens_by_source']), new Set(['kv_cache_usage_perc'])),
      undefined,
      'no release publishes these together',
    );
    assert.deepEqual([{ from: '0.16' }, { below: '0.12' }, { from: '0.9', below: '0.15' }].map(describeRelease), [
      '0.16 or newer',
      'before 0.12',
      '0.9 to before 0.15',
    ]);
  });

  for (const name of rayRecordings) {
    it(`includes the recorded vLLM for every engine of ${name}`, async () => {
      const last = (await replayRecording(name)).at(-1)!.snapshot;
      const releases = last.engines.flatMap(({ release }) => release ?? []);
      assert.ok(releases.length > 0);
      for (const release of releases) assert.deepEqual(release, { from: '0.16' });
    });
  }

  it('is the oldest of several engines, and decides which caveats a row has', async () => {
    const snapshot = (await replayRecording('ray-2.57'))[1]!.snapshot;
    const [engine] = snapshot.engines;
    const enginesFrom = (...releases: (string | undefined)[]) =>
      releases.map((from) => ({ ...engine!, release: from === undefined ? {} : { from } }));
    assert.deepEqual(
      [oldestRelease(enginesFrom('0.26', '0.16')), oldestRelease(enginesFrom('0.26', undefined)), oldestRelease([])],
      ['0.16', undefined, undefined],
    );
    const hits = catalogRow('prefix_cache_hit_rate');
    assert.equal(caveatMessages(hits, { ...snapshot, engines: enginesFrom('0.16') }).length, 1);
    assert.deepEqual(caveatMessages(hits, { ...snapshot, engines: enginesFrom('0.26') }), []);
  });
});
