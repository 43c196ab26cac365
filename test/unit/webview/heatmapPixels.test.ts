/** The pixels of a heat map: how many cells are drawn, and in which colour. */
import assert from 'node:assert/strict';
import { countCells, valueAt, visitCells } from '../../../webview/cells';
import { maxColourSteps, maxHighContrastSteps, stepColours, type Rgb } from '../../../webview/cividis';
import { HeatmapLines } from '../../../webview/heatmapLines';
import { drawHeatmapPixels, toPixel, type HeatmapColours, type PixelSize } from '../../../webview/heatmapPixels';
import { arrangeRows, heatmapEngines, type HeatmapRow } from '../../../webview/heatmapRows';
import { hatchTile } from '../../../webview/stateHatch';
import { stepText, valueSteps } from '../../../webview/valueSteps';
import type { TimeRange } from '../../../src/shared/protocol';
import { Store } from '../../../webview/store';
import { heatmapData } from '../../webview/heatmapData';
import { randomOf } from '../support/random';

const [low, high, stroke, edge]: Rgb[] = [
  [1, 0, 0],
  [2, 0, 0],
  [3, 0, 0],
  [4, 0, 0],
];
const colours: HeatmapColours = { steps: [0, 0.5], colours: [low!, high!], stroke: () => stroke!, edge: edge! };

/** The pixels of rows; `lines` remembers those of an earlier time. */
function pixelsOf(
  rows: readonly HeatmapRow[],
  range: TimeRange,
  size: PixelSize,
  lines = new HeatmapLines(),
  stepColoursNow = colours,
): Uint32Array {
  const pixels = new Uint32Array(size.width * size.height);
  drawHeatmapPixels(pixels, rows, lines.update(rows, range, size.width, stepColoursNow), range, size, stepColoursNow);
  return pixels;
}

describe('The pixels of a heat map', () => {
  it('show each of 512 engines × 15 min once, or the highest of a node', () => {
    const now = 1_700_000_000_000;
    const range = { from: now - 15 * 60_000, to: now };
    const { series } = heatmapData(now, { engines: 512, nodes: 64, minutes: 15, measures: ['m'] });
    const engines = heatmapEngines({ series, subjects: [], statesById: new Map(), selected: undefined }, range);
    const expected = 512 * 90 - 29 - 53;
    assert.equal(countCells(engines, range), expected);
    for (const maxRows of [512, 64]) {
      const { rows } = arrangeRows(engines, maxRows);
      const pixels = pixelsOf(rows, range, { width: 900, height: 1024, ratio: 1 });
      const covered = pixels.filter((pixel) => pixel !== 0).length / pixels.length;
      // All but half a step before the first point, and the gaps.
      assert.ok(covered > 0.98, String(covered));
    }
  });

  it('have the colour of the value, none in a gap, and the highest of a row', () => {
    const engine = (id: string, ...value: (number | null)[]): object => ({
      subject: { id, name: id },
      series: { measure: 'm', at: value.map((_, index) => index * 10_000 + 5_000), value },
      states: [],
    });
    const rows = [
      { id: 'r', name: 'r', node: undefined, engines: [engine('a', 0, 1, null, 0), engine('b', 1, 0, null, 0)] },
    ];
    const pixels = pixelsOf(rows as HeatmapRow[], { from: 0, to: 40_000 }, { width: 4, height: 1, ratio: 1 });
    assert.deepEqual([...pixels], [toPixel(high!), toPixel(high!), 0, toPixel(low!)]);
  });

  it('are hatched in as much of a row as engines are in a state', () => {
    const sleeping = { kind: 'state' as const, from: 0, label: 'asleep' };
    const engines = [
      { subject: { id: 'a', name: 'a' }, series: undefined, states: [sleeping] },
      { subject: { id: 'b', name: 'b' }, series: undefined, states: [] },
    ];
    const row = { id: 'r', name: 'r', node: undefined, engines };
    const pixels = pixelsOf([row], { from: 0, to: 10 }, { width: 20, height: 20, ratio: 1 });
    assert.ok(
      pixels.subarray(0, 200).every((pixel) => pixel === 0),
      'the upper half',
    );
    assert.ok(pixels.subarray(200).includes(toPixel(stroke!)), 'the lower half');
  });

  it('are the same whether all is drawn or only what is new, also after gaps, late points and a clock that went back', () => {
    const random = randomOf(18);
    const minute = 60_000;
    const [width, height] = [300, 24];
    let now = 1_700_000_000_000;
    const store = new Store();
    const data = heatmapData(now, { engines: 12, nodes: 3, minutes: 6, measures: ['m'] });
    store.replace(data);
    const subjects = data.series.flatMap(({ engine }) => engine ?? []);
    const lines = new HeatmapLines();
    let drawnColumns = 0;
    for (let step = 0; step < 200; step++) {
      now += step % 97 === 96 ? -20_000 : random() < 0.02 ? 3 * minute : Math.floor(random() * 15_000);
      const series = subjects.flatMap((engine) => {
        if (random() < 0.3) return [];
        const at = now - Math.floor(random() * 2_000);
        const value = random() < 0.1 ? null : random();
        // As the history does: points that are far from one another have a gap between them.
        const known =
          store
            .subjectSeries('m')
            .find((one) => one.engine?.id === engine.id)
            ?.at.at(-1) ?? at;
        return at - known > 150_000
          ? [{ measure: 'm', engine, at: [known + 10_000, at], value: [null, value] }]
          : [{ measure: 'm', engine, at: [at], value: [value] }];
      });
      const label = random() < 0.5 ? 'asleep' : 'dead';
      const bands = random() < 0.1 ? [{ kind: 'state' as const, engine: subjects[step % 12]!, from: now, label }] : [];
      store.append({ series, bands, engineCount: 12 }, now - 8 * minute);
      // The choice of a person, and a range that follows the time or not.
      const range = { from: now - (step % 50 < 40 ? 6 : 3) * minute, to: now };
      const selected = step % 60 < 30 ? undefined : new Set(subjects.slice(0, 7).map(({ id }) => id));
      const steps = { ...colours, steps: [0, step % 30 < 25 ? 0.5 : 0.7] };
      const { statesById } = store;
      const engines = heatmapEngines({ series: store.subjectSeries('m'), subjects: [], statesById, selected }, range);
      const { rows } = arrangeRows(engines, step % 40 < 20 ? 12 : 3);
      const size = { width, height, ratio: 1 };
      assert.deepEqual(
        pixelsOf(rows, range, size, lines, steps),
        pixelsOf(rows, range, size, undefined, steps),
        `step ${step}`,
      );
      drawnColumns += lines.drawnColumns / rows.length / width / 200;
    }
    assert.ok(drawnColumns < 0.5, `${drawnColumns} of all columns are drawn`);
  });

  it('of 512 engines are drawn anew only where they are new', () => {
    const start = 1_700_000_000_000;
    const store = new Store();
    store.replace(heatmapData(start, { engines: 512, nodes: 64, minutes: 15, measures: ['m'] }));
    const lines = new HeatmapLines();
    const update = (now: number): number => {
      const range = { from: now - 900_000, to: now };
      const input = {
        series: store.subjectSeries('m'),
        subjects: [],
        statesById: store.statesById,
        selected: undefined,
      };
      lines.update(arrangeRows(heatmapEngines(input, range), 512).rows, range, 900, colours);
      return lines.drawnColumns / 512;
    };
    assert.equal(update(start), 900);
    const next = start + 10_000;
    const series = store.subjectSeries('m').map((one) => ({ ...one, at: [next], value: [0.5] }));
    store.append({ series, bands: [], engineCount: 512 }, 0);
    // The cell before the new one, whose edge moves, and the reach of a cell beside a gap.
    assert.ok(update(next) <= 10 + 31, 'an update of a scrape');
    assert.ok(update(next + 5_000) <= 6, 'time that passes without one');
  });

  it('have another hatching for each state', () => {
    const tiles = ['asleep', 'dead', 'paused', 'starting', 'gone', 'silent'].map((state) =>
      hatchTile(state, 1).pixels.join(''),
    );
    assert.equal(new Set(tiles).size, tiles.length);
  });
});

describe('The cells of a series', () => {
  it('are as many as are visited, wherever a range begins and ends', () => {
    const random = randomOf(7);
    const at: number[] = [];
    const value: (number | null)[] = [];
    for (let time = 0; time < 3_000_000; time += 1_000 + Math.floor(random() * (random() < 0.05 ? 200_000 : 20_000))) {
      at.push(time);
      value.push(random() < 0.2 ? null : random());
    }
    const series = { measure: 'm', at, value };
    for (let round = 0; round < 300; round++) {
      const from = Math.floor(random() * 3_000_000);
      const range = { from, to: from + 1 + Math.floor(random() * 400_000) };
      let visited = 0;
      visitCells(series, range, () => (visited += 1));
      assert.equal(countCells([{ series }], range), visited, JSON.stringify(range));
    }
  });

  it('end in a gap, and reach half of a report beside a lone point', () => {
    const series = { measure: 'm', at: [0, 10_000, 20_000, 80_000], value: [1, 2, null, 3] };
    assert.deepEqual(
      [4_999, 5_000, 14_999, 15_001, 74_000, 75_001, 84_999, 86_000].map((time) => valueAt(series, time)),
      [1, 2, 2, undefined, undefined, 3, 3, undefined],
    );
  });
});

describe('The steps of a heat map', () => {
  const fraction = { unit: 'fraction' as const, thresholds: { warning: 0.9, error: 0.98, source: '' } };

  it('are round, begin at thresholds, and keep nothing apart from little', () => {
    const steps = valueSteps({ lowest: 0, highest: 0.99, usualHigh: 0.97 }, fraction, maxColourSteps);
    assert.deepEqual(
      steps.map((_, step) => stepText(steps, step, 'fraction')),
      ['0 – 20 %', '20 – 40 %', '40 – 60 %', '60 – 80 %', '80 – 90 %', '90 – 98 %', '≥ 98 %'],
    );
    const requests = valueSteps({ lowest: 0, highest: 40, usualHigh: 39 }, { unit: 'requests' }, maxColourSteps);
    assert.equal(stepText(requests, 0, 'requests'), '0');
    for (const count of [maxColourSteps, maxHighContrastSteps])
      assert.ok(valueSteps({ lowest: 0, highest: 1e6, usualHigh: 3 }, fraction, count).length <= count);
  });

  it('ascend in lightness on a dark background, and descend on a light one', () => {
    const lightness = ([red, green, blue]: Rgb): number => 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    const dark = stepColours(maxColourSteps, false).map(lightness);
    assert.deepEqual(
      dark,
      dark.toSorted((a, b) => a - b),
    );
    assert.deepEqual(stepColours(maxColourSteps, true).map(lightness), dark.toReversed());
    assert.equal(new Set(dark).size, maxColourSteps);
  });
});
