import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { emptyEvent, parseEvent, toWandbPayload, type GenerationEvent } from '../../../src/generation/generationEvent';

const event: GenerationEvent = {
  peak_vram_gb: 67.6875,
  kv_cache_usage_perc: 0.91,
  prefix_cache_hit_rate: 0,
  spec_accept_rate: null,
  loadavg_pre: [1, 2, 3],
  loadavg_post: null,
  engine_runtime_config: { max_num_seqs: 16, speculative_method: null },
  flag_did_not_engage: true,
};

describe('a generation event', () => {
  it('has exactly the fields of the schema it follows', () => {
    assert.deepEqual(Object.keys(emptyEvent()), [
      'peak_vram_gb',
      'kv_cache_usage_perc',
      'prefix_cache_hit_rate',
      'spec_accept_rate',
      'loadavg_pre',
      'loadavg_post',
      'engine_runtime_config',
      'flag_did_not_engage',
    ]);
    assert.equal(emptyEvent().flag_did_not_engage, false);
  });

  it('is the same after being written and read', () => {
    assert.deepEqual(parseEvent(JSON.parse(JSON.stringify(event))), event);
  });

  it('may lack any field when it is read', () => {
    assert.deepEqual(parseEvent({}), emptyEvent());
    assert.deepEqual(parseEvent({ peak_vram_gb: 1 }), { ...emptyEvent(), peak_vram_gb: 1 });
  });

  for (const [field, value] of Object.entries({
    peak_vram: 1,
    peak_vram_gb: '67',
    kv_cache_usage_perc: NaN,
    loadavg_pre: [1, 2],
    loadavg_post: [1, 2, '3'],
    engine_runtime_config: [],
    flag_did_not_engage: ['max_num_seqs'],
  })) {
    it(`is refused with ${field} = ${inspect(value)}`, () => {
      assert.throws(
        () => parseEvent({ [field]: value }),
        (error: Error) => error instanceof TypeError && error.message.includes(field),
      );
    });
  }

  it('is refused if it is not an object', () => {
    for (const value of [null, [], 'event', 1]) assert.throws(() => parseEvent(value), TypeError);
    assert.throws(() => parseEvent(JSON.parse('{"__proto__": 1}')), /__proto__/);
  });

  it('becomes a payload with flat keys, without nulls, with 0 and false', () => {
    assert.deepEqual(toWandbPayload(event), {
      'vllm_gen/peak_vram_gb': 67.6875,
      'vllm_gen/kv_cache_usage_perc': 0.91,
      'vllm_gen/prefix_cache_hit_rate': 0,
      'vllm_gen/flag_did_not_engage': true,
      'vllm_gen/loadavg_pre_1m': 1,
      'vllm_gen/loadavg_pre_5m': 2,
      'vllm_gen/loadavg_pre_15m': 3,
      'vllm_gen/engine_runtime/max_num_seqs': 16,
    });
    assert.deepEqual(toWandbPayload(emptyEvent(), 'x'), { 'x/flag_did_not_engage': false });
  });
});
