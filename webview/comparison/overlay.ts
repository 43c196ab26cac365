/** The runs' lines over each other: a picture, a cursor for keyboards and screen readers, and a table of the same. */
import {
  alignments,
  type AlignedLines,
  type Alignment,
  type Comparison,
  type MeasureRow,
} from '../../src/shared/comparison';
import { formatMeasure } from '../../src/shared/comparisonText';
import { make, setText } from '../dom';
import { drawPicture, layOutPicture, type PictureLayout } from './overlayPicture';
import { PlaceSlider } from './placeSlider';
import { letterOf, runHead, runMark } from './runMark';
import { formatX, readAt, xValues } from './overlayReading';

const alignmentLabels: Record<Alignment, string> = {
  start: 'Time since the start of each run',
  number: 'Number of the rollout or step',
  tokens: 'Output tokens so far',
};

/** Most rows of the table; a reader of more reads the file. */
const maxRows = 200;

/** Draws the lines of one measure. */
export class Overlay {
  private comparison: Comparison | undefined;
  private lines: AlignedLines | undefined;
  /** Of the picture as it is drawn. */
  private layout: PictureLayout | undefined;
  private readonly measures = make('select', { 'aria-label': 'Measure' });
  private readonly alignment = make('select', { 'aria-label': 'Alignment' });
  private readonly legend = make('ul', { class: 'legend', 'aria-label': 'Runs and their values at the cursor' });
  private readonly picture = make('div', { class: 'picture' });
  private readonly slider = new PlaceSlider(() => this.drawCursor());
  private readonly position = make('div', { class: 'position' });
  private readonly empty = make('p', { class: 'explanation' });
  private readonly drawing = make('div', {}, this.picture, this.slider.element, this.position);
  private readonly table = make('details', {});
  readonly element = make(
    'section',
    { class: 'overlay', 'aria-labelledby': 'overlay' },
    make('h2', { id: 'overlay' }, 'Over each other'),
    make('div', { class: 'choices' }, this.measures, this.alignment),
    this.legend,
    this.empty,
    this.drawing,
    this.table,
  );

  constructor(choose: (measure: string, alignment: Alignment) => void) {
    this.alignment.append(...alignments.map((value) => make('option', { value }, alignmentLabels[value])));
    for (const select of [this.measures, this.alignment])
      select.addEventListener('change', () => choose(this.measures.value, this.alignment.value as Alignment));
    this.picture.addEventListener('pointermove', (event) => this.followPointer(event));
    new ResizeObserver(() => this.drawLines()).observe(this.picture);
  }

  /** Offers the measures of a comparison. */
  setComparison(comparison: Comparison, measure: string, alignment: Alignment): void {
    this.comparison = comparison;
    this.lines = undefined;
    this.measures.replaceChildren(...comparison.measures.map(({ id, label }) => make('option', { value: id }, label)));
    this.select(measure, alignment);
  }

  /** Shows a choice that was made elsewhere. */
  select(measure: string, alignment: Alignment): void {
    this.measures.value = measure;
    this.alignment.value = alignment;
  }

  /** Draws lines, unless another measure was chosen meanwhile. */
  setLines(lines: AlignedLines): void {
    if (lines.measure !== this.measures.value || lines.alignment !== this.alignment.value) return;
    this.lines = lines;
    const all = xValues(lines.lines);
    // Where all runs can be read, else at the end.
    const shared = all.findLastIndex((x) => readAt(lines.lines, x).every((value) => value !== null));
    this.slider.setPlaces(all, shared < 0 ? all.length - 1 : shared);
    this.drawLines();
    this.drawTable();
  }

  private get row(): MeasureRow | undefined {
    return this.comparison?.measures.find(({ id }) => id === this.lines?.measure);
  }

  private drawLines(): void {
    const { lines, row, comparison } = this;
    if (!lines || !row || !comparison) return;
    const isEmpty = lines.lines.every(({ y }) => y.every((value) => value === null));
    this.empty.hidden = !isEmpty;
    this.drawing.hidden = isEmpty;
    this.table.hidden = isEmpty;
    setText(
      this.empty,
      lines.alignment === 'tokens'
        ? 'These runs cannot be laid over each other by tokens: how many were generated is not known.'
        : 'No run has values of this measure over time.',
    );
    this.drawCursor();
  }

  private drawCursor(): void {
    const { lines, row, comparison } = this;
    if (!lines || !row || !comparison) return;
    const x = this.slider.place;
    const layout = layOutPicture(lines, row, { width: Math.max(200, this.picture.clientWidth), height: 260 });
    this.layout = layout;
    this.picture.replaceChildren(drawPicture(layout, lines, row, x));
    this.drawing.style.setProperty('--lines-left', `${layout.left}px`);
    this.drawing.style.setProperty('--lines-width', `${layout.right - layout.left}px`);
    const readings = readAt(lines.lines, x);
    const words = readings.map((value) => formatMeasure(row, value));
    this.legend.replaceChildren(
      ...comparison.runs.map(({ name }, index) =>
        make('li', {}, runMark(index), ` ${name}: `, make('strong', {}, words[index] ?? '–')),
      ),
    );
    const at = x === undefined ? '' : formatX(x, lines.alignment);
    setText(this.position, at);
    this.slider.describe(`${at}: ${words.map((text, index) => `${letterOf(index)} ${text}`).join(', ')}`);
  }

  private followPointer(event: PointerEvent): void {
    const { layout } = this;
    if (layout) this.slider.moveToShare((event.offsetX - layout.left) / (layout.right - layout.left));
  }

  private drawTable(): void {
    const { lines, row, comparison } = this;
    if (!lines || !row || !comparison) return;
    const all = xValues(lines.lines);
    const step = Math.max(1, Math.ceil(all.length / maxRows));
    const shown = all.filter((_, index) => index % step === 0);
    const caption = `${row.label}, ${alignmentLabels[lines.alignment].toLowerCase()}`;
    this.table.replaceChildren(
      make('summary', {}, 'Table of the lines'),
      make(
        'div',
        { class: 'table-area scroll', tabindex: '0', role: 'region', 'aria-label': caption },
        make(
          'table',
          {},
          make('caption', { class: 'for-screen-readers' }, caption),
          make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'At'), ...comparison.runs.map(runHead))),
          make(
            'tbody',
            {},
            ...shown.map((x) =>
              make(
                'tr',
                {},
                make('th', { scope: 'row' }, formatX(x, lines.alignment)),
                ...readAt(lines.lines, x).map((value) => make('td', { class: 'number' }, formatMeasure(row, value))),
              ),
            ),
          ),
        ),
      ),
    );
  }
}
