/** The template of simulated bodies. */
import { strict as assert } from 'node:assert';
import { loadTemplate } from '../../demonstration/live/template';

describe('The template of simulated bodies', () => {
  it('has the families and bounds of the recordings', () => {
    const { bounds, values, histograms, internals } = loadTemplate();
    assert.equal(histograms.length, 19);
    assert.equal(bounds['time_to_first_token_seconds']?.length, 22);
    assert.equal(bounds['request_generation_tokens']?.at(-1), 5000);
    for (const key of [
      'num_preemptions',
      'training_phase',
      'mini_batch_size',
      'spec_decode_num_drafts',
      'cache_config_info',
    ]) {
      assert.ok(
        values.some((family) => family.key === key),
        key,
      );
    }
    for (const { before, after } of internals) assert.ok(before.length + after.length > 80);
  });
});
