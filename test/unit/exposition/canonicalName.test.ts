import { strict as assert } from 'node:assert';
import { canonicalName } from '../../../src/exposition/canonicalName';

describe('canonicalName', () => {
  for (const [name, canonical] of [
    ['vllm:num_requests_running', 'num_requests_running'],
    ['vllm_num_requests_running', 'num_requests_running'],
    ['ray_vllm_num_requests_running', 'num_requests_running'],
    ['ray_vllm:num_requests_running', 'num_requests_running'],
    ['ray_node_cpu_utilization', 'node_cpu_utilization'],
    ['ray_skyrl_training_phase', 'skyrl_training_phase'],
    ['lmcache:num_hit_tokens', 'lmcache_num_hit_tokens'],
    ['lmcache_mp_num_hit_tokens', 'lmcache_num_hit_tokens'],
    ['dynamo_frontend_requests', 'dynamo_frontend_requests'],
    ['http_requests', 'http_requests'],
    ['ray_serve_x', undefined],
    ['node_cpu_utilization', undefined],
    ['num_requests_running', undefined],
  ] as const) {
    it(`is ${canonical ?? 'unknown'} for ${name}`, () => assert.equal(canonicalName(name), canonical));
  }

  it('removes vLLM’s prefix once', () => assert.equal(canonicalName('ray_vllm_vllm_x'), 'vllm_x'));
});
