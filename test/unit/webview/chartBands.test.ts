import assert from 'node:assert/strict';
import { mergeBands, type ChartBand } from '../../../src/shared/chartData';

const engine = { id: 'worker-1', name: 'engine 1' };

describe('bands', () => {
  it('of an increment end those that are there, and come in the order of time', () => {
    const asleep: ChartBand = { kind: 'state', engine, from: 20, label: 'asleep' };
    const training: ChartBand = { kind: 'phase', from: 10, label: 'training' };
    const merged = mergeBands([asleep], [training, { ...asleep, to: 30 }]);
    assert.deepEqual(merged, [training, { ...asleep, to: 30 }]);
  });

  it('stay apart where kind, engine, beginning or words differ', () => {
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
