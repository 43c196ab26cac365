import assert from 'node:assert/strict';
import type { Measure, Snapshot } from '../../../src/api';
import { History } from '../../../src/history/history';
import { addPoints, newSeries, type ChartSeries } from '../../../src/shared/chartData';
import { isToPage } from '../../../src/shared/protocol';
import { randomOf } from '../support/random';
import { queryAll } from './support';

function randomSnapshot(at: number, random: () => number): Snapshot {
  const measures = (): Record<string, Measure> =>
    Object.fromEntries(
      ['kv', 'running', 'rate'].flatMap((id) => {
        const value = random() < 0.05 ? NaN : random();
        const spread = random() < 0.5 ? { lowest: { engine: 'a', value: 0 }, highest: { engine: 'b', value: 1 } } : {};
        return random() < 0.2 ? [] : [[id, { value, to: at - Math.floor(random() * 3) * 1000, ...spread }]];
      }),
    );
  const engines = ['a', 'b', 'c']
    .filter(() => random() < 0.8)
    .map((id) => ({ id, name: id, node: '', state: 'active' as const, measures: measures() }));
  return {
    at,
    window: undefined,
    trigger: 'timer',
    values: {},
    measures: measures(),
    sinceStart: {},
    engines,
    targets: [],
    findings: [],
  };
}

describe('the increments of a history', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    it(`give the page what the host has, also with clock jumps and gaps (seed ${seed})`, () => {
      const random = randomOf(seed);
      const history = new History();
      const page = new Map<string, ChartSeries>();
      let at = 1_760_000_000_000;
      for (let step = 0; step < 90; step++) {
        at += random() < 0.03 ? -40_000 : random() < 0.03 ? 400_000 : 10_000;
        const increment = history.add(randomSnapshot(at, random));
        assert.ok(isToPage({ type: 'append', data: increment, now: at }), 'the page accepts it');
        for (const more of increment.series) {
          const key = `${more.measure} ${more.engine?.id ?? ''}`;
          const series = page.get(key) ?? newSeries(more.measure, more.engine);
          page.set(key, series);
          addPoints(series, more);
        }
      }
      const data = queryAll(history);
      assert.ok(isToPage(JSON.parse(JSON.stringify({ type: 'snapshot', data, now: at }))));
      for (const series of data.series) {
        const drawn = page.get(`${series.measure} ${series.engine?.id ?? ''}`);
        assert.deepEqual(
          { ...drawn, at: drawn?.at.slice(-series.at.length), value: drawn?.value.slice(-series.at.length) },
          { ...drawn, at: series.at, value: series.value },
        );
        assert.ok(
          series.at.every((time, index) => index === 0 || time > series.at[index - 1]!),
          'times ascend',
        );
      }
    });
  }
});
