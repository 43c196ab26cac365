/** Which releases of vLLM engines can be, by their families. */
import { strict as assert } from 'node:assert';
import type { Engine } from '../../../src/api';
import { describeRelease, inferRelease } from '../../../src/diagnosis/releases';
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

  it('decides which caveats a row has: none as long as no engine is known to be old', async () => {
    const snapshot = (await replayRecording('ray-2.57'))[1]!.snapshot;
    const [first] = snapshot.engines;
    const count = (...engines: Partial<Engine>[]): number =>
      caveatMessages(catalogRow('prefix_cache_hit_rate'), {
        ...snapshot,
        engines: engines.map((fields) => ({ ...first!, release: {}, ...fields })),
      }).length;
    for (const [engines, expected, what] of [
      [[{}], 0, 'an unknown version'],
      [[{ release: { from: '0.16' } }], 0, 'a version that may be newer'],
      [[{ release: { below: '0.12' } }], 1, 'families that 0.12 dropped'],
      [[{ release: { below: '0.26' } }], 1, 'families that 0.26 dropped'],
      [[{ release: { below: '0.30' } }], 0, 'families that 0.30 dropped'],
      [[{ server: { version: '0.25.1' } }], 1, 'an old server'],
      [[{ server: { version: '0.33.1+cu130' } }], 0, 'a new server'],
      [[{ server: { version: 'dev' }, release: { below: '0.12' } }], 1, 'a version that is none'],
      [[{ server: { version: '0.33.0' } }, { server: { version: '0.25.0' } }], 1, 'one old of two'],
      [[{ server: { version: '0.25.0' }, state: 'dead' }, {}], 0, 'an old one that is dead'],
    ] as const)
      assert.equal(count(...engines), expected, what);
  });
});
