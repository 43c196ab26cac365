import assert from 'node:assert/strict';
import { defaultViewOptions, isViewOptions } from '../../../src/shared/viewOptions';

describe('isViewOptions', () => {
  it('accepts valid choices and refuses malformed ones, as of another version', () => {
    assert.ok(isViewOptions({ ...defaultViewOptions, muted: ['kv'] }));
    assert.ok(isViewOptions({ ...defaultViewOptions, form: 'heatmap' }), 'as stored before rows had an order');
    assert.ok(isViewOptions({ ...defaultViewOptions, form: 'heatmap', engineOrder: 'mean' }));
    assert.ok(isViewOptions({ ...defaultViewOptions, engines: Array.from({ length: 512 }, String) }));
    for (const broken of [
      undefined,
      {},
      { ...defaultViewOptions, minutes: 7 },
      { ...defaultViewOptions, engines: 'some' },
      { ...defaultViewOptions, engines: [1] },
      { ...defaultViewOptions, layout: 'pile' },
      { ...defaultViewOptions, form: undefined },
      { ...defaultViewOptions, form: 'map' },
      { ...defaultViewOptions, engineOrder: 'name' },
      { ...defaultViewOptions, engines: Array.from({ length: 2001 }, String) },
      { ...defaultViewOptions, measures: {} },
      { ...defaultViewOptions, muted: [1] },
      { ...defaultViewOptions, muted: 'kv' },
    ]) {
      assert.equal(isViewOptions(broken), false);
    }
    assert.equal(isViewOptions({ ...defaultViewOptions, muted: Array.from({ length: 201 }, String) }), false);
  });
});
