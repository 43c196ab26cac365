/** The row of controls above the plots. */
import type { SaveMessage } from '../src/shared/protocol';
import {
  engineOrders,
  formatRangeMinutes,
  rangeChoices,
  type EngineOrder,
  type ViewOptions,
} from '../src/shared/viewOptions';
import { arrangeChildren, make, setAttribute } from './dom';
import { icon, setIcon, type IconName } from './icons';
import { dropdown } from './ui';

interface ControlEvents {
  change: (options: Partial<ViewOptions>) => void;
  chooseEngines: (choice: EngineChoice) => void;
  togglePause: () => void;
  togglePicker: () => void;
  requestExport: (what: SaveMessage['what']) => void;
}

interface IconButton {
  element: HTMLButtonElement;
  setAppearance: (name: IconName, label: string) => void;
}

/** The time range that is as long as the data. */
const fitValue = 'fit';
const tableLabel = 'Show as table';
const orderTexts: Record<EngineOrder, string> = { node: 'By node', value: 'Highest now', mean: 'Highest mean' };

/** A button with an icon; its label is also its tooltip. */
function iconButton(name: IconName, label: string, onClick: () => void): IconButton {
  const image = icon(name);
  const element = make('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label }, image);
  element.addEventListener('click', onClick);
  return {
    element,
    setAppearance: (newName, newLabel) => {
      if (element.getAttribute('aria-label') === newLabel) return;
      setIcon(image, newName);
      setAttribute(element, 'aria-label', newLabel);
      setAttribute(element, 'title', newLabel);
    },
  };
}

const engineChoices = ['aggregate', 'each', 'some', 'heatmap'] as const;
/** How engines are shown: together, a line for each, lines of some, or a row for each. */
export type EngineChoice = (typeof engineChoices)[number];

const engineTexts: Record<EngineChoice, string> = {
  aggregate: 'All engines',
  each: 'Per engine',
  some: 'Some engines',
  heatmap: 'Heat map',
};

function enginesValue({ engines, form }: ViewOptions): EngineChoice {
  if (form === 'heatmap') return 'heatmap';
  return Array.isArray(engines) ? 'some' : engines;
}

/** Metrics, time range and engines, and a toolbar of icons. */
export class Controls {
  readonly element: HTMLElement;
  private readonly minutes;
  private readonly engines;
  private readonly metrics;
  private readonly pause;
  private readonly layout;
  private readonly order;
  private readonly choices = make('div', { class: 'choices' });
  private readonly table;

  constructor(
    private options: ViewOptions,
    events: ControlEvents,
  ) {
    this.metrics = make('button', { type: 'button', class: 'metrics', 'aria-controls': 'picker' }, 'Metrics');
    this.metrics.addEventListener('click', () => events.togglePicker());
    this.engines = dropdown(
      'Engines',
      engineChoices.map((value) => ({ value, text: engineTexts[value] })),
      enginesValue(options),
      (value) => events.chooseEngines(engineChoices.find((choice) => choice === value) ?? 'aggregate'),
    );
    this.minutes = dropdown(
      'Time range',
      [
        { value: fitValue, text: 'Fit' },
        ...rangeChoices.map((minutes) => ({ value: String(minutes), text: formatRangeMinutes(minutes) })),
      ],
      String(options.minutes),
      (value) => {
        const minutes = rangeChoices.find((choice) => String(choice) === value);
        if (minutes) events.change({ minutes, fit: false });
        else events.change({ minutes: this.options.minutes, fit: true });
      },
    );
    this.pause = iconButton('pause', 'Pause', () => events.togglePause());
    this.layout = iconButton('split', 'One plot per metric', () =>
      events.change({ layout: this.options.layout === 'split' ? 'overlay' : 'split' }),
    );
    this.order = dropdown(
      'Order of engines',
      engineOrders.map((value) => ({ value, text: orderTexts[value] })),
      options.engineOrder ?? 'node',
      (value) => events.change({ engineOrder: engineOrders.find((order) => order === value) ?? 'node' }),
    );
    this.table = iconButton('table', tableLabel, () =>
      events.change({ form: this.options.form === 'table' ? 'plots' : 'table' }),
    );
    const exportButton = (name: IconName, label: string, what: SaveMessage['what']): HTMLElement =>
      iconButton(name, label, () => events.requestExport(what)).element;
    const toolbar = make(
      'div',
      { class: 'icons', role: 'toolbar', 'aria-label': 'Chart' },
      this.pause.element,
      this.layout.element,
      this.table.element,
      exportButton('csv', 'Save values as CSV', 'csv'),
      exportButton('png', 'Save picture as PNG', 'png'),
      exportButton('promql', 'Copy PromQL', 'promql'),
    );
    this.element = make('div', { class: 'controls' }, this.choices, toolbar);
  }

  /** Shows the options. `isLive`: whether the time range follows the time; `isFitted`: it is as long as the data. */
  update(
    options: ViewOptions,
    { isLive, isFitted, isPickerOpen }: { isLive: boolean; isFitted: boolean; isPickerOpen: boolean },
  ): void {
    this.options = options;
    this.minutes.value = isFitted ? fitValue : String(options.minutes);
    this.engines.value = enginesValue(options);
    setAttribute(this.metrics, 'aria-expanded', String(isPickerOpen));
    if (isLive) this.pause.setAppearance('pause', 'Pause');
    else this.pause.setAppearance('resume', 'Resume');
    if (options.layout === 'split') this.layout.setAppearance('overlay', 'One plot per unit');
    else this.layout.setAppearance('split', 'One plot per metric');
    const isHeatmap = options.form === 'heatmap';
    // With heat maps, and with a line per engine, each metric has a plot anyway.
    this.layout.element.disabled = isHeatmap || options.engines !== 'aggregate';
    arrangeChildren(this.choices, [this.metrics, this.minutes, this.engines, ...(isHeatmap ? [this.order] : [])]);
    this.order.value = options.engineOrder ?? 'node';
    if (options.form === 'table') this.table.setAppearance('plots', 'Show as plots');
    else this.table.setAppearance('table', tableLabel);
  }

  /** Focuses the button that opens the picker. */
  focusMetrics(): void {
    this.metrics.focus();
  }
}
