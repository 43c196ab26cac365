import assert from 'node:assert/strict';
import type { Engine } from '../../../src/api';
import { maxServerInfoBytes, probeEngines } from '../../../src/generation/probeEngines';
import { HttpError, type HttpGet } from '../../../src/http/httpGet';
import { effective, serverInfo } from './serverInfo';

describe('probeEngines', () => {
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

  it('keeps six fields of an answer of 5 MB and nothing of its environment', async () => {
    const info = { ...serverInfo(), vllm_env: { VLLM_API_KEY: 'secret', filler: 'x'.repeat(5_000_000) } };
    const probed = await ask(JSON.stringify(info));
    assert.deepEqual(probed, [{ engine: 'engine 0', source: 'server_info', config: effective }]);
  });

  for (const [what, body] of [
    ['fails', new HttpError('status', 'HTTP 404', 404)],
    ['is too large', `"${'x'.repeat(maxServerInfoBytes)}"`],
    ['is not JSON', '<html>'],
    ['is of another shape', '{"vllm_config":"VllmConfig()"}'],
  ] as const) {
    it(`reads the labels if the server’s answer ${what}`, async () => {
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
