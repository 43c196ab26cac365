/** The pixels of a heat map: how many cells are drawn, and in which colour. */
import assert from 'node:assert/strict';
import { countCells, valueAt } from '../../../webview/cells';
import { maxColourSteps, maxHighContrastSteps, stepColours, type Rgb } from '../../../webview/cividis';
import { drawHeatmapPixels, toPixel, type HeatmapColours } from '../../../webview/heatmapPixels';
import { arrangeRows, heatmapEngines } from '../../../webview/heatmapRows';
import { hatchTile } from '../../../webview/stateHatch';
import { stepText, valueSteps } from '../../../webview/valueSteps';
import { heatmapData } from '../../webview/heatmapData';

const [low, high, stroke, edge]: Rgb[] = [
  [1, 0, 0],
  [2, 0, 0],
  [3, 0, 0],
  [4, 0, 0],
];
const colours: HeatmapColours = { steps: [0, 0.5], colours: [low!, high!], stroke: () => stroke!, edge: edge! };

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
      const drawn = drawHeatmapPixels(rows, range, { width: 900, height: 1024, ratio: 1 }, colours);
      assert.equal(drawn.cells, expected);
      const covered = drawn.pixels.filter((pixel) => pixel !== 0).length / drawn.pixels.length;
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
    const { pixels, cells } = drawHeatmapPixels(
      rows as Parameters<typeof drawHeatmapPixels>[0],
      { from: 0, to: 40_000 },
      { width: 4, height: 1, ratio: 1 },
      colours,
    );
    assert.deepEqual([...pixels], [toPixel(high!), toPixel(high!), 0, toPixel(low!)]);
    assert.equal(cells, 6);
  });

  it('are hatched in as much of a row as engines are in a state', () => {
    const sleeping = { kind: 'state' as const, from: 0, label: 'asleep' };
    const engines = [
      { subject: { id: 'a', name: 'a' }, series: undefined, states: [sleeping] },
      { subject: { id: 'b', name: 'b' }, series: undefined, states: [] },
    ];
    const { pixels } = drawHeatmapPixels(
      [{ id: 'r', name: 'r', node: undefined, engines }],
      { from: 0, to: 10 },
      { width: 20, height: 20, ratio: 1 },
      colours,
    );
    assert.ok(
      pixels.subarray(0, 200).every((pixel) => pixel === 0),
      'the upper half',
    );
    assert.ok(pixels.subarray(200).includes(toPixel(stroke!)), 'the lower half');
  });

  it('have another hatching for each state', () => {
    const tiles = ['asleep', 'dead', 'paused', 'starting', 'gone', 'silent'].map((state) =>
      hatchTile(state, 1).pixels.join(''),
    );
    assert.equal(new Set(tiles).size, tiles.length);
  });
});

describe('The cells of a series', () => {
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
