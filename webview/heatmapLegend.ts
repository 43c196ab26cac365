/** The legend of a heat map: a sample of each colour and of each hatching. */
import type { Unit } from '../src/shared/format';
import { toCss, type Rgb } from './cividis';
import { make } from './dom';
import type { HeatmapColours } from './heatmapPixels';
import type { PictureEntry } from './picture';
import { hatchBelow, hatchStroke, hatchTile } from './stateHatch';
import { stepText } from './valueSteps';

/** Size of a sample in CSS pixels. */
const [sampleWidth, sampleHeight] = [22, 12];
const svgNamespace = 'http://www.w3.org/2000/svg';

interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
  /** CSS. */
  colour: string;
}

/** An entry: its text, and its sample from the left top. */
export interface HeatmapLegendEntry {
  text: string;
  sample: readonly Rectangle[];
}

const colourSample = (colour: Rgb): Rectangle[] => [
  { x: 0, y: 0, width: sampleWidth, height: sampleHeight, colour: toCss(colour) },
];

/** One rectangle for each pixel of the hatching. */
function hatchSample(state: string, { stroke, edge }: HeatmapColours): Rectangle[] {
  const { period, pixels } = hatchTile(state, 1);
  const [strokeCss, edgeCss] = [toCss(stroke(state)), toCss(edge)];
  const positions = Array.from({ length: sampleWidth * sampleHeight }, (_, index) => ({
    x: index % sampleWidth,
    y: Math.floor(index / sampleWidth),
  }));
  return positions.flatMap(({ x, y }) => {
    const pixel = pixels[(y % period) * period + (x % period)];
    if (pixel === hatchBelow) return [];
    return [{ x, y, width: 1, height: 1, colour: pixel === hatchStroke ? strokeCss : edgeCss }];
  });
}

/** The entries: steps from low to high, then states. */
export function heatmapLegendEntries(
  colours: HeatmapColours,
  states: readonly string[],
  unit: Unit,
): HeatmapLegendEntry[] {
  return [
    ...colours.colours.map((colour, step) => ({
      text: stepText(colours.steps, step, unit),
      sample: colourSample(colour),
    })),
    ...states.map((state) => ({ text: state, sample: hatchSample(state, colours) })),
  ];
}

/** The entries for a picture. */
export const pictureEntriesOf = (entries: readonly HeatmapLegendEntry[]): PictureEntry[] =>
  entries.map(({ text, sample }) => ({
    text,
    drawSample: (context, left, top) => {
      for (const { x, y, width, height, colour } of sample) {
        context.fillStyle = colour;
        context.fillRect(left + x, top + y, width, height);
      }
    },
  }));

/** The legend as an element. */
export class HeatmapLegend {
  readonly element = make('ul', { class: 'colours', 'aria-label': 'Colours' });
  private renderedKey = '';

  /** Shows entries. */
  update(entries: readonly HeatmapLegendEntry[]): void {
    const key = JSON.stringify(entries);
    if (key === this.renderedKey) return;
    this.renderedKey = key;
    this.element.replaceChildren(...entries.map(({ text, sample }) => make('li', {}, sampleImage(sample), text)));
  }
}

function sampleImage(sample: readonly Rectangle[]): SVGSVGElement {
  const image = document.createElementNS(svgNamespace, 'svg');
  const attributes = { width: String(sampleWidth), height: String(sampleHeight), 'aria-hidden': 'true' };
  for (const [name, value] of Object.entries(attributes)) image.setAttribute(name, value);
  for (const { colour, ...lengths } of sample) {
    const rectangle = document.createElementNS(svgNamespace, 'rect');
    for (const [name, value] of Object.entries({ ...lengths, fill: colour }))
      rectangle.setAttribute(name, String(value));
    image.append(rectangle);
  }
  return image;
}
