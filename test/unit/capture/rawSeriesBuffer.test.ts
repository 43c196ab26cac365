import assert from 'node:assert/strict';
import { RawSeriesBuffer } from '../../../src/capture/rawSeriesBuffer';
import { at, series } from './exampleExport';

describe('RawSeriesBuffer', () => {
  it('keeps the newest scrapes within its bytes', () => {
    const small = new RawSeriesBuffer(100);
    for (let step = 0; step < 50; step += 1)
      small.add(at + step, 'http://a/metrics', series, Float64Array.of(step, step));
    assert.ok((small.oldestAt ?? 0) > at + 40);
    assert.equal(small.scrapesBetween(0, Infinity).at(-1)?.values[0], 49);
    assert.equal(
      small.scrapesBetween(0, Infinity)[0]?.series,
      small.scrapesBetween(0, Infinity).at(-1)?.series,
      'scrapes share one list',
    );
    small.add(at + 60, 'http://a/metrics', [...series, ...series], Float64Array.of(1, 2, 3, 4));
    assert.equal(small.scrapesBetween(at + 60, at + 60)[0]?.series.length, 4);
    small.clear();
    assert.equal(small.oldestAt, undefined);
  });
});
