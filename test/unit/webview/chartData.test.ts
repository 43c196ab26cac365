import assert from 'node:assert/strict';
import { chartQueries } from '../../../src/metrics/chartQueries';
import { chartRows } from '../../../src/metrics/chartRows';
import { DistributionHistory } from '../../../src/history/distributionHistory';
import { chartCsv } from '../../../src/shared/chartCsv';
import { addPoints, dropBefore, type ChartSeries } from '../../../src/shared/chartData';
import { defaultViewOptions } from '../../../src/shared/viewOptions';
import { bandWords, lanesOf } from '../../../webview/bands';
import { bucketName, distributionWords, heatmapTable, buildHeatmap } from '../../../webview/distribution';
import { plotsFor } from '../../../webview/plots';
import { Store } from '../../../webview/store';
import { downsample, type Point } from '../../../webview/downsample';
import { timeRangeBetween, maxRangeMs, shiftRange, minRangeMs, zoomRange } from '../../../webview/timeRange';

const now = 1_760_000_000_000;
const rows = chartRows(() => true);

describe('chart: CSV', () => {
  const series = {
    measure: 'num_requests_running',
    engine: { id: 'w1', name: '=cmd|" /C calc"' },
    at: [now, now + 1, now + 10_000],
    value: [3, null, 0],
  };

  it('has a line for each point, and nothing where nothing was measured', () => {
    const [header, ...lines] = chartCsv([{ ...series, engine: { id: 'w1', name: 'engine 1' } }], rows)
      .trimEnd()
      .split('\r\n');
    assert.equal(header, 'time,metric,label,unit,engine,engine_id,value,lowest,highest');
    assert.deepEqual(lines, [
      '2025-10-09T08:53:20.000Z,num_requests_running,Requests running,requests,engine 1,w1,3,,',
      '2025-10-09T08:53:20.001Z,num_requests_running,Requests running,requests,engine 1,w1,,,',
      '2025-10-09T08:53:30.000Z,num_requests_running,Requests running,requests,engine 1,w1,0,,',
    ]);
  });

  it('lets no name become a formula or a column', () => {
    assert.match(chartCsv([series], rows), /,"'=cmd\|"" \/C calc""",w1,3/);
  });
});

describe('chart: PromQL', () => {
  it('is of the metrics shown, over a range, by engine where engines are', () => {
    assert.equal(
      chartQueries(['num_requests_running', 'no_such'], [], false),
      '# Requests running\nsum(ray_vllm_num_requests_running)',
    );
    assert.equal(
      chartQueries(['ttft_seconds_p95'], [], true),
      '# Time to first token, p95\nhistogram_quantile(0.95, sum by (le, WorkerId) (rate(ray_vllm_time_to_first_token_seconds_bucket[1m])))',
    );
    assert.equal(
      chartQueries(['kv_cache_usage_mean'], [], true),
      '# KV cache, mean\navg by (WorkerId) (ray_vllm_kv_cache_usage_perc)',
    );
  });

  it('is the buckets where a distribution is shown', () => {
    assert.match(
      chartQueries([], ['ttft_seconds'], false),
      /\nsum by \(le\) \(rate\(ray_vllm_time_to_first_token_seconds_bucket\[1m\]\)\)$/,
    );
  });
});

describe('chart: distributions', () => {
  const snapshot = (at: number, counts: number[], bounds = [0.1, 1]): Parameters<DistributionHistory['add']>[0] => ({
    at,
    distributions: { ttft: { from: at - 30_000, to: at, bounds, counts, counted: 4, of: 4 } },
  });

  it('are kept for an hour in full, then by the minute, for a day', () => {
    const history = new DistributionHistory(() => 24);
    for (let step = 0; step <= 3 * 360; step++) history.add(snapshot(now + step * 10_000, [step, 1, 0]));
    const end = now + 3 * 3_600_000;
    const [kept] = history.query(['ttft'], 0, Infinity);
    const last = kept?.to.filter((to) => to >= end - 3_600_000) ?? [];
    assert.equal(last.length, 361);
    assert.ok(kept && kept.to.length <= 367 + 2 * 60 + 2, String(kept?.to.length));
    history.add(snapshot(end + 24.5 * 3_600_000, [1, 0, 0]));
    assert.equal(history.query(['ttft'], 0, Infinity)[0]?.to.length, 1);
    assert.deepEqual(history.query(['other'], 0, Infinity), []);
  });

  it('grow only with a new window, withdraw what a clock took back, and begin anew with other buckets', () => {
    const history = new DistributionHistory(() => 24);
    assert.equal(history.add(snapshot(now, [1, 0, 0])).length, 1);
    assert.deepEqual(history.add(snapshot(now, [1, 0, 0])), []);
    history.add(snapshot(now + 20_000, [2, 0, 0]));
    history.add(snapshot(now + 10_000, [3, 0, 0]));
    assert.deepEqual(history.query(['ttft'], 0, Infinity)[0]?.counts, [
      [1, 0, 0],
      [3, 0, 0],
    ]);
    history.add(snapshot(now + 30_000, [1, 1], [1]));
    assert.deepEqual(history.query(['ttft'], 0, Infinity)[0]?.counts, [[1, 1]]);
  });

  it('are parts of their own time, with no cell where nothing fell', () => {
    const data = {
      histogram: 'h',
      bounds: [0.1, 1],
      from: [0, 10],
      to: [30, 40],
      counts: [
        [1, 3, 0],
        [0, 0, 0],
      ],
    };
    const strip = buildHeatmap(data, 0, 100);
    assert.deepEqual(strip, {
      low: 0,
      high: 1,
      cells: [
        { from: 0, to: 30, bucket: 0, share: 0.25 },
        { from: 0, to: 30, bucket: 1, share: 0.75 },
      ],
    });
    const table = heatmapTable(data, strip, 0, 100, 'seconds');
    assert.deepEqual(
      [table.names, table.times, table.times.map(table.cells)],
      [['≤ 100 ms', '100 ms – 1.00 s'], [30], [['1', '3']]],
    );
    assert.equal(distributionWords(data, 20, 'seconds'), '75 % in 100 ms – 1.00 s, of 4');
    assert.equal(distributionWords(data, 39, 'seconds'), undefined);
    assert.deepEqual(
      [0, 1, 2].map((bucket) => bucketName(data.bounds, bucket, 'seconds')),
      ['≤ 100 ms', '100 ms – 1.00 s', '> 1.00 s'],
    );
  });
});

describe('chart: which plots', () => {
  const ids = (options: Partial<typeof defaultViewOptions>): string[] =>
    plotsFor({ ...defaultViewOptions, ...options }, rows).map(({ id, rows: { length } }) => `${id} ${length}`);
  const measures = [
    'kv_cache_usage_perc',
    'ttft_seconds_p50',
    'ttft_seconds_p99',
    'num_requests_running',
    'num_requests_waiting',
    'gone_from_the_catalog',
  ];

  it('are one a unit, or split with quantiles together, or one a metric where engines are drawn', () => {
    assert.deepEqual(ids({ measures }), ['unit:fraction 1', 'unit:seconds 2', 'unit:requests 2']);
    assert.deepEqual(ids({ measures, layout: 'split' }), [
      'kv_cache_usage_perc 1',
      'ttft_seconds 2',
      'num_requests_running 1',
      'num_requests_waiting 1',
    ]);
    assert.equal(ids({ measures, engines: 'each' }).length, 5);
    assert.deepEqual(ids({ measures: [], distributions: ['ttft_seconds', 'none'] }), ['distribution:ttft_seconds 1']);
  });

  it('have every metric of the catalog to choose from, with words for its unit', () => {
    for (const { id } of rows) assert.equal(plotsFor({ ...defaultViewOptions, measures: [id] }, rows).length, 1, id);
  });
});

describe('chart: time', () => {
  it('is looked at closer and wider around a moment that stays where it is', () => {
    const range = { from: now - 100_000, to: now - 20_000 };
    assert.deepEqual(zoomRange(range, 0.5, now - 60_000, now), { from: now - 80_000, to: now - 40_000 });
    assert.equal(
      zoomRange(range, 0.001, now - 60_000, now).to - zoomRange(range, 0.001, now - 60_000, now).from,
      minRangeMs,
    );
    const wide = zoomRange(range, 1e9, now - 60_000, now);
    assert.deepEqual([wide.to <= now, wide.to - wide.from], [true, maxRangeMs]);
  });

  it('goes no further than now, and a drag the wrong way is one, too', () => {
    assert.deepEqual(shiftRange({ from: now - 100, to: now - 10 }, 1, now), { from: now - 90, to: now });
    assert.deepEqual(timeRangeBetween(now - 10_000, now - 90_000, now), { from: now - 90_000, to: now - 10_000 });
    assert.equal(timeRangeBetween(now, now, now), undefined);
  });
});

describe('chart: thinning', () => {
  const count = 20_000;
  const valueAt = (index: number): number | null =>
    index === 12_345 ? 99 : index >= 5_000 && index < 6_000 ? null : Math.sin(index);
  const seriesOf = (from: number, to: number, value: (at: number) => number | null = valueAt): ChartSeries => {
    const at = Array.from({ length: to - from }, (_, index) => from + index);
    return { measure: 'm', engine: { id: 'e', name: 'e' }, at, value: at.map(value) };
  };
  const shown = (series: ChartSeries, from: number, to: number, pixels = 300): Point[] => {
    const { points, start, end } = downsample(series, { from, to }, pixels);
    return points.slice(start, end);
  };

  it('keeps peaks and gaps, in the order of time, with few points', () => {
    const points = shown(seriesOf(0, count), 0, count);
    assert.ok(points.length <= 201 * 3, String(points.length));
    assert.ok(points.some(({ x, y }) => x === 12_345 && y === 99));
    assert.ok((points[0]?.x ?? Infinity) < 100 && (points.at(-1)?.x ?? 0) > count - 100, 'from end to end');
    assert.ok(points.some(({ y }) => Number.isNaN(y)));
    assert.ok(points.every(({ x, y }) => Number.isNaN(y) || x < 5_000 || x >= 6_000));
    assert.ok(points.every(({ x }, index) => index === 0 || x > (points[index - 1]?.x ?? Infinity)));
  });

  it('leaves alone what is few, and tells a point without neighbours', () => {
    const series = { measure: 'm', at: [1, 2, 3, 4], value: [5, null, 6, null] };
    const { points, start, end, isolatedPoints, low, high, count: drawn } = downsample(series, { from: 0, to: 5 }, 100);
    assert.deepEqual(points.slice(start, end), [
      { x: 1, y: 5 },
      { x: 2, y: NaN },
      { x: 3, y: 6 },
      { x: 4, y: NaN },
    ]);
    assert.deepEqual(
      [isolatedPoints, low, high, drawn],
      [
        [
          { x: 1, y: 5 },
          { x: 3, y: 6 },
        ],
        5,
        6,
        2,
      ],
    );
  });

  it('makes of a series that grows what it makes of the whole one', () => {
    const series = seriesOf(0, 10_000);
    for (let now = 10_000; now < count; now += 37) {
      addPoints(series, seriesOf(series.at.length + (series.at[0] ?? 0), now));
      dropBefore(series, now - 9_000, 1e9, 32);
      // Without the column that the left edge cuts.
      const right = ({ x }: Point): boolean => x >= now - 8_000 + 40;
      assert.deepEqual(
        shown(series, now - 8_000, now).filter(right),
        shown({ ...series }, now - 8_000, now).filter(right),
        `at ${now}`,
      );
    }
    assert.ok(
      downsample(series, { from: count - 8_000, to: count }, 300).points.length < 2_000,
      'forgets what went by',
    );
  });

  it('begins anew where the window becomes another or goes back', () => {
    const series = seriesOf(0, count);
    shown(series, 10_000, 15_000);
    for (const [from, to, pixels] of [
      [10_000, 12_000, 300],
      [10_000, 15_000, 500],
      [1_000, 6_000, 300],
      [0, count, 300],
    ] as const) {
      assert.deepEqual(shown(series, from, to, pixels), shown({ ...series }, from, to, pixels), `${from} – ${to}`);
    }
  });

  it('shows other rows where the clock went back', () => {
    const store = new Store();
    store.replace({ series: [seriesOf(0, 100)], bands: [], engineCount: 1 });
    const [before] = store.engineSeries('m');
    shown(before!, 0, 100);
    store.append({ series: [seriesOf(50, 60, () => 7)], bands: [], engineCount: 1 }, 0);
    const [after] = store.engineSeries('m');
    assert.deepEqual(
      shown(after!, 0, 100).filter(({ x }) => x >= 50),
      Array.from({ length: 10 }, (_, index) => ({ x: 50 + index, y: 7 })),
    );
  });
});

describe('chart: the run’s bands', () => {
  const engine = (index: number): { id: string; name: string } => ({ id: `w${index}`, name: `engine ${index}` });
  const bands = [
    { kind: 'state', engine: engine(10), from: 5, label: 'dead' } as const,
    { kind: 'state', engine: engine(2), from: 0, to: 4, label: 'asleep' } as const,
    { kind: 'phase', from: 1, label: 'constructor' } as const,
    { kind: 'reset', engine: engine(2), from: 90_000, label: 'restarted' } as const,
  ];

  it('lie in lanes: phases, then engines by number', () => {
    assert.deepEqual(
      lanesOf(bands, 0, 100_000).map(({ name }) => name),
      ['phase', 'engine 2', 'engine 10'],
    );
    assert.deepEqual(
      lanesOf(bands, 10, 50).map(({ name }) => name),
      ['phase', 'engine 10'],
    );
  });

  it('say what is so at a moment', () => {
    assert.deepEqual(bandWords(lanesOf(bands, 0, 100_000), 3), ['phase constructor', 'engine 2 asleep']);
    assert.deepEqual(bandWords(lanesOf(bands, 0, 100_000), 95_000), [
      'phase constructor',
      'engine 2 restarted',
      'engine 10 dead',
    ]);
  });
});
