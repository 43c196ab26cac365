import assert from 'node:assert/strict';
import { commonConfig, parseCacheConfig, parseServerInfo } from '../../../src/generation/engineConfig';
import { effective, serverInfo } from './serverInfo';

describe('the effective config of an engine', () => {
  it('is read from a real server_info', () => {
    assert.deepEqual(parseServerInfo(serverInfo()), effective);
  });

  it('loses only the field that is malformed', () => {
    const info = serverInfo();
    Object.assign(info.vllm_config['scheduler_config'] as object, { max_num_seqs: '16' });
    const { max_num_seqs: _, ...rest } = effective;
    assert.deepEqual(parseServerInfo(info), rest);
  });

  it('loses only the section that is malformed or missing', () => {
    for (const part of [undefined, null, [], 'VllmConfig(...)', 7]) {
      const info = serverInfo();
      Object.assign(info.vllm_config, { scheduler_config: part });
      assert.deepEqual(parseServerInfo(info), {
        enable_prefix_caching: true,
        kv_cache_dtype: 'auto',
        speculative_method: null,
      });
    }
  });

  it('is read by older names, too', () => {
    const info = {
      vllm_config: {
        scheduler_config: { chunked_prefill_enabled: false },
        cache_config: { kv_cache_dtype: 'fp8' },
        speculative_config: { method: 'ngram' },
      },
    };
    assert.deepEqual(parseServerInfo(info), {
      enable_chunked_prefill: false,
      kv_cache_dtype: 'fp8',
      speculative_method: 'ngram',
    });
  });

  it('is empty for an answer of another shape', () => {
    for (const answer of [
      null,
      [],
      'VllmConfig',
      5,
      {},
      { vllm_config: null },
      { vllm_config: 'text' },
      { detail: 'Not Found' },
    ])
      assert.deepEqual(parseServerInfo(answer), {});
  });

  it('has two fields from the labels of cache_config_info', () => {
    assert.deepEqual(
      parseCacheConfig(
        new Map([
          ['enable_prefix_caching', 'False'],
          ['cache_dtype', 'fp8'],
          ['block_size', '32'],
        ]),
      ),
      { enable_prefix_caching: false, kv_cache_dtype: 'fp8' },
    );
    assert.deepEqual(
      parseCacheConfig(
        new Map([
          ['enable_prefix_caching', 'None'],
          ['cache_dtype', 'None'],
        ]),
      ),
      {},
    );
  });

  it('that several engines share is what they agree on', () => {
    const one = {
      engine: 'engine 0',
      source: 'server_info' as const,
      config: { max_num_seqs: 16, kv_cache_dtype: 'fp8' },
    };
    const other = {
      engine: 'engine 1',
      source: 'server_info' as const,
      config: { max_num_seqs: 32, enable_prefix_caching: true, kv_cache_dtype: 'fp8' },
    };
    assert.deepEqual(commonConfig([one, other]), { kv_cache_dtype: 'fp8', enable_prefix_caching: true });
    assert.deepEqual(commonConfig([]), {});
  });
});
