/** Lines of runs laid over each other: by their start, by number, and by tokens. */
import assert from 'node:assert/strict';
import { alignLines } from '../../../src/comparison/alignLines';
import { firstFrom, rolloutOf } from '../rollouts/someRollouts';
import { runOf } from './someRuns';

const unit = { unit: 'rollout' } as const;
const hours = 3 * 3_600_000;
const rollouts = [
  rolloutOf(0, { seconds: 60 }),
  rolloutOf(1, { seconds: 70, cut: true }),
  rolloutOf(2, { seconds: 80 }),
];
const early = runOf('early', rollouts);
const late = runOf(
  'late',
  rollouts.map((rollout) => ({ ...rollout, from: rollout.from + hours, to: rollout.to + hours })),
  {
    series: early.series.map((series) => ({ ...series, at: series.at.map((at) => at + hours) })),
  },
);

describe('Aligned lines', () => {
  it('begin at 0 whatever the clock says', () => {
    const { lines } = alignLines([early, late], unit, 'generation_throughput_tok_s', 'start');
    assert.equal(lines[0]?.x[0], 0);
    assert.equal(lines[0]?.x[1], 30);
    assert.deepEqual(lines[0]?.x, lines[1]?.x);
    assert.deepEqual(lines[0]?.y, lines[1]?.y);
  });

  it('have a point for each rollout where a measure is of rollouts, and a gap where one was cut off', () => {
    const [line] = alignLines([early], unit, 'seconds', 'start').lines;
    assert.deepEqual(line, { run: 'early', x: [0, 120, 240], y: [60, null, 80] });
    assert.deepEqual(alignLines([early], unit, 'seconds', 'number').lines[0]?.x, [1, 2, 3]);
  });

  it('go by the tokens up to the end of each rollout, as far as they are known', () => {
    assert.deepEqual(alignLines([early], unit, 'kv_cache_usage_perc', 'tokens').lines[0], {
      run: 'early',
      x: [80_000, 160_000, 240_000],
      y: [40 / 60, null, 0.5],
    });
    const unknown = runOf('u', [rolloutOf(0), rolloutOf(1, { tokens: {} }), rolloutOf(2)]);
    assert.deepEqual(alignLines([unknown], unit, 'seconds', 'tokens').lines[0]?.x, [80_000]);
  });

  it('have no more points than a chart has room for', () => {
    const at = Array.from({ length: 5000 }, (_, index) => firstFrom + index * 1000);
    const long = runOf('long', rollouts, { series: [{ measure: 'x', at, value: at.map((time) => time % 7) }] });
    const points = alignLines([long], unit, 'x', 'start').lines[0]?.x.length ?? 0;
    assert.ok(points > 100 && points <= 600, `${points}`);
  });
});
