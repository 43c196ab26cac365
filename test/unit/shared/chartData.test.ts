/** Merging of the chart's data. */
import assert from 'node:assert/strict';
import { mergeBands, type ChartBand } from '../../../src/shared/chartData';

const engine = { id: 'worker-1', name: 'engine 1' };

describe('Merging bands', () => {
  it('ends bands that exist already, and sorts them by time', () => {
    const asleep: ChartBand = { kind: 'state', engine, from: 20, label: 'asleep' };
    const training: ChartBand = { kind: 'phase', from: 10, label: 'training' };
    const merged = mergeBands([asleep], [training, { ...asleep, to: 30 }]);
    assert.deepEqual(merged, [training, { ...asleep, to: 30 }]);
  });

  it('keeps bands apart that differ in kind, engine, beginning or label', () => {
    const band: ChartBand = { kind: 'state', engine, from: 20, label: 'asleep' };
    const others: ChartBand[] = [
      { ...band, kind: 'reset' },
      { kind: 'state', from: 20, label: 'asleep' },
      { ...band, from: 21 },
      { ...band, label: 'dead' },
    ];
    assert.equal(mergeBands([band], others).length, 5);
  });
});
