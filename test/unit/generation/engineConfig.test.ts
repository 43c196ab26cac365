import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Engine } from '../../../src/api';
import { HttpError, type HttpGet } from '../../../src/http/httpGet';
import { commonConfig, parseCacheConfig, parseServerInfo } from '../../../src/generation/engineConfig';
import { extractScrapeFacts } from '../../../src/generation/scrapeFacts';
import { maxServerInfoBytes, probeEngines } from '../../../src/generation/probeEngines';
import { fixturePath } from '../../demonstration/paths';
import { replayRecording } from '../support/replay';

interface ServerInfo {
  vllm_config: Record<string, Record<string, unknown> | null>;
  vllm_env: unknown;
  system_env: unknown;
}
const serverInfo = (): ServerInfo =>
  JSON.parse(readFileSync(fixturePath('vllm-0.32-native', 'get_server_info.json'), 'utf8')) as ServerInfo;

const effective = {
  enable_prefix_caching: true,
  enable_chunked_prefill: true,
  max_num_seqs: 16,
  max_num_batched_tokens: 2048,
  kv_cache_dtype: 'auto',
  speculative_method: null,
};

describe('the engine’s effective config', () => {
  it('is read from a real server_info', () => {
    assert.deepEqual(parseServerInfo(serverInfo()), effective);
  });

  it('loses only the field that is malformed', () => {
    const info = serverInfo();
    Object.assign(info.vllm_config['scheduler_config'] as object, { max_num_seqs: '16' });
    const { max_num_seqs: _, ...rest } = effective;
    assert.deepEqual(parseServerInfo(info), rest);
  });

  it('loses only the part that is malformed or missing', () => {
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

  it('knows the older names', () => {
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

  it('takes two fields from the labels of cache_config_info', () => {
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

  it('of several engines is what they say alike', () => {
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

describe('asking engines for their config', () => {
  const id = 'http://s:1/metrics 0';
  const engines: Engine[] = [{ id, name: 'engine 0', node: '', state: 'active', measures: {} }];
  const ask = (body: string | HttpError, labels?: Map<string, string>): ReturnType<typeof probeEngines> => {
    const get: HttpGet = async (url, { onChunk, maxBytes }) => {
      assert.equal(url, 'http://s:1/server_info?config_format=json');
      if (body instanceof HttpError) throw body;
      if (body.length > maxBytes) throw new HttpError('too-large', 'too large');
      for (let at = 0; at < body.length; at += 65_536) onChunk?.(Buffer.from(body.slice(at, at + 65_536)));
      return { at: 0, bytes: body.length, mediaType: 'application/json', framed: true };
    };
    const cacheConfigs = new Map(labels ? [[id, labels] as const] : []);
    return probeEngines({
      get,
      signal: new AbortController().signal,
      timeoutMs: 1000,
      cacheConfigs,
      engines,
      servers: [{ url: 'http://s:1', typedByUser: false, engines: [id] }],
    });
  };

  it('keeps the six fields of an answer of 5 MB, and nothing of the environment', async () => {
    const info = { ...serverInfo(), vllm_env: { VLLM_API_KEY: 'secret', filler: 'x'.repeat(5_000_000) } };
    const probed = await ask(JSON.stringify(info));
    assert.deepEqual(probed, [{ engine: 'engine 0', source: 'server_info', config: effective }]);
  });

  for (const [what, body] of [
    ['fails', new HttpError('status', 'HTTP 404', 404)],
    ['is too large', `"${'x'.repeat(maxServerInfoBytes)}"`],
    ['is no JSON', '<html>'],
    ['is of another shape', '{"vllm_config":"VllmConfig()"}'],
  ] as const) {
    it(`takes the labels where the answer ${what}`, async () => {
      const labels = new Map([
        ['enable_prefix_caching', 'True'],
        ['cache_dtype', 'auto'],
      ]);
      assert.deepEqual(await ask(body, labels), [
        {
          engine: 'engine 0',
          source: 'cache_config_info',
          config: { enable_prefix_caching: true, kv_cache_dtype: 'auto' },
        },
      ]);
      assert.deepEqual(await ask(body), []);
    });
  }
});

describe('what a scrape tells a record', () => {
  it('has the cache config of each engine that Ray shows it of', async () => {
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
