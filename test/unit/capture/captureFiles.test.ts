import assert from 'node:assert/strict';
import { pickFields } from '../../../src/capture/captureFiles';

describe('pickFields', () => {
  it('keeps the fields that the shape names, and nothing of a value of another shape', () => {
    assert.deepEqual(pickFields({ a: 1, b: { c: 2, d: 3 } }, { b: { c: true } }), { b: { c: 2 } });
    assert.deepEqual(pickFields('text', { b: true }), undefined);
  });
});
