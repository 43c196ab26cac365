import assert from 'node:assert/strict';
import { parseCacheConfig } from '../../../src/generation/engineConfig';
import { extractScrapeFacts } from '../../../src/generation/scrapeFacts';
import { replayRecording } from '../support/replay';

describe('extractScrapeFacts', () => {
  it('has the labels of cache_config_info of each engine', async () => {
    const [first] = await replayRecording('ray-2.57');
    const facts = extractScrapeFacts(first!.snapshot, first!.answers);
    assert.equal(facts.cacheConfigs.size, 3);
    for (const labels of facts.cacheConfigs.values())
      assert.deepEqual(parseCacheConfig(labels), { enable_prefix_caching: true, kv_cache_dtype: 'auto' });
  });

  it('has GPU memory by node and device', async () => {
    const gram = Buffer.from(
      'ray_node_gram_used{GpuDeviceName="NVIDIA H100",GpuIndex="1",IsHeadNode="true",ip="192.0.2.2"} 69312.0\n',
    );
    const [first] = await replayRecording('ray-2.57', {
      edit: (_, node, body) => (node === 0 ? Buffer.concat([gram, body]) : body),
    });
    assert.deepEqual(extractScrapeFacts(first!.snapshot, first!.answers).gpus, [
      { node: '192.0.2.2', index: '1', name: 'NVIDIA H100', peak: 69312 },
    ]);
  });
});
