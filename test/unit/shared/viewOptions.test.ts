import assert from 'node:assert/strict';
import { defaultViewOptions, isViewOptions } from '../../../src/shared/viewOptions';

describe('isViewOptions', () => {
  it('accepts valid choices and refuses malformed ones, as of another version', () => {
    assert.ok(isViewOptions({ ...defaultViewOptions, muted: ['kv'] }));
    for (const broken of [
      undefined,
      {},
      { ...defaultViewOptions, minutes: 7 },
      { ...defaultViewOptions, engines: 'some' },
      { ...defaultViewOptions, engines: [1] },
      { ...defaultViewOptions, layout: 'pile' },
      { ...defaultViewOptions, form: undefined },
      { ...defaultViewOptions, measures: {} },
      { ...defaultViewOptions, muted: [1] },
      { ...defaultViewOptions, muted: 'kv' },
    ]) {
      assert.equal(isViewOptions(broken), false);
    }
    assert.equal(isViewOptions({ ...defaultViewOptions, muted: Array.from({ length: 201 }, String) }), false);
  });
});
