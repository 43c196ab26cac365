/** Downsampling of series. */
import assert from 'node:assert/strict';
import { addPoints, dropBefore, type ChartSeries } from '../../../src/shared/chartData';
import { downsample, type Point } from '../../../webview/downsample';
import { Store } from '../../../webview/store';

describe('Downsampling', () => {
  const count = 20_000;
  const valueAt = (index: number): number | null =>
    index === 12_345 ? 99 : index >= 5_000 && index < 6_000 ? null : Math.sin(index);
  const seriesOf = (from: number, to: number, value: (at: number) => number | null = valueAt): ChartSeries => {
    const at = Array.from({ length: to - from }, (_, index) => from + index);
    return { measure: 'm', engine: { id: 'e', name: 'e' }, at, value: at.map(value) };
  };
  const pointsOf = (series: ChartSeries, from: number, to: number, widthPx = 300): Point[] => {
    const { points, start, end } = downsample(series, { from, to }, widthPx);
    return points.slice(start, end);
  };

  it('keeps peaks and gaps in the order of time, with few points', () => {
    const points = pointsOf(seriesOf(0, count), 0, count);
    assert.ok(points.length <= 201 * 3, String(points.length));
    assert.ok(points.some(({ x, y }) => x === 12_345 && y === 99));
    assert.ok((points[0]?.x ?? Infinity) < 100 && (points.at(-1)?.x ?? 0) > count - 100, 'from end to end');
    assert.ok(points.some(({ y }) => Number.isNaN(y)));
    assert.ok(points.every(({ x, y }) => Number.isNaN(y) || x < 5_000 || x >= 6_000));
    assert.ok(points.every(({ x }, index) => index === 0 || x > (points[index - 1]?.x ?? Infinity)));
  });

  it('keeps all of a few points, and reports those without neighbours', () => {
    const series = { measure: 'm', at: [1, 2, 3, 4], value: [5, null, 6, null] };
    const { points, start, end, ...rest } = downsample(series, { from: 0, to: 5 }, 100);
    assert.deepEqual(points.slice(start, end), [
      { x: 1, y: 5 },
      { x: 2, y: NaN },
      { x: 3, y: 6 },
      { x: 4, y: NaN },
    ]);
    assert.deepEqual(rest, {
      isolatedPoints: [
        { x: 1, y: 5 },
        { x: 3, y: 6 },
      ],
      low: 5,
      high: 6,
      count: 2,
    });
  });

  it('gives the same for a series that grows as for the whole series at once', () => {
    const series = seriesOf(0, 10_000);
    for (let now = 10_000; now < count; now += 37) {
      addPoints(series, seriesOf(series.at.length + (series.at[0] ?? 0), now));
      dropBefore(series, now - 9_000, 1e9, 32);
      // The column at the left edge is cut.
      const isRightOfEdge = ({ x }: Point): boolean => x >= now - 8_000 + 40;
      assert.deepEqual(
        pointsOf(series, now - 8_000, now).filter(isRightOfEdge),
        pointsOf({ ...series }, now - 8_000, now).filter(isRightOfEdge),
        `at ${now}`,
      );
    }
    assert.ok(
      downsample(series, { from: count - 8_000, to: count }, 300).points.length < 2_000,
      'drops points before the range',
    );
  });

  it('starts over for another length or width of the range, and for an earlier range', () => {
    const series = seriesOf(0, count);
    pointsOf(series, 10_000, 15_000);
    for (const [from, to, widthPx] of [
      [10_000, 12_000, 300],
      [10_000, 15_000, 500],
      [1_000, 6_000, 300],
      [0, count, 300],
    ] as const) {
      assert.deepEqual(
        pointsOf(series, from, to, widthPx),
        pointsOf({ ...series }, from, to, widthPx),
        `${from} – ${to}`,
      );
    }
  });

  it('starts over for rows that a clock that went back has replaced', () => {
    const store = new Store();
    store.replace({ series: [seriesOf(0, 100)], bands: [], engineCount: 1 });
    const [before] = store.engineSeries('m');
    pointsOf(before!, 0, 100);
    store.append({ series: [seriesOf(50, 60, () => 7)], bands: [], engineCount: 1 }, 0);
    const [after] = store.engineSeries('m');
    assert.deepEqual(
      pointsOf(after!, 0, 100).filter(({ x }) => x >= 50),
      Array.from({ length: 10 }, (_, index) => ({ x: 50 + index, y: 7 })),
    );
  });
});
