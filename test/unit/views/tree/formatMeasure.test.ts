import assert from 'node:assert/strict';
import { catalogRow } from '../../../../src/metrics/catalog/index';
import { formatMeasure } from '../../../../src/views/tree/formatMeasure';

describe('formatMeasure', () => {
  it('shows an interval, a last bucket and a plain number as what they are', () => {
    const row = catalogRow('ttft_seconds_p95');
    assert.equal(formatMeasure(row, { value: 1, to: 0, bucket: { from: 1 } }), '≥ 1.00 s');
    assert.equal(formatMeasure(row, { value: 1.5, to: 0, bucket: { from: 1, to: 2 } }), '1.50 s');
    assert.equal(formatMeasure(row, { value: 1.5, to: 0, bounds: { low: 1, high: 2 } }), '1.00 s – 2.00 s');
    assert.equal(formatMeasure(row, { value: 1.5, to: 0, bounds: { low: 1 } }), '≥ 1.00 s');
  });
});
