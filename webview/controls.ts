/** The row of controls above the plots. */
import type { SaveMessage } from '../src/shared/protocol';
import { formatRangeMinutes, rangeChoices, type ViewOptions } from '../src/shared/viewOptions';
import { make, setAttribute } from './dom';
import { icon, setIcon, type IconName } from './icons';
import { dropdown } from './ui';

interface ControlEvents {
  change: (options: Partial<ViewOptions>) => void;
  chooseEngines: (choice: 'aggregate' | 'each' | 'some') => void;
  togglePause: () => void;
  togglePicker: () => void;
  requestExport: (what: SaveMessage['what']) => void;
}

interface IconButton {
  element: HTMLButtonElement;
  setAppearance: (name: IconName, label: string) => void;
}

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

const enginesValue = ({ engines }: ViewOptions): string => (Array.isArray(engines) ? 'some' : engines);

/** Metrics, time range and engines, and a toolbar of icons. */
export class Controls {
  readonly element: HTMLElement;
  private readonly minutes;
  private readonly engines;
  private readonly metrics;
  private readonly pause;
  private readonly layout;
  private readonly form;

  constructor(
    private options: ViewOptions,
    events: ControlEvents,
  ) {
    this.metrics = make('button', { type: 'button', class: 'metrics', 'aria-controls': 'picker' }, 'Metrics');
    this.metrics.addEventListener('click', () => events.togglePicker());
    this.engines = dropdown(
      'Engines',
      [
        { value: 'aggregate', text: 'All engines' },
        { value: 'each', text: 'Per engine' },
        { value: 'some', text: 'Some engines' },
      ],
      enginesValue(options),
      (value) => events.chooseEngines(value === 'each' || value === 'some' ? value : 'aggregate'),
    );
    this.minutes = dropdown(
      'Time range',
      rangeChoices.map((minutes) => ({ value: String(minutes), text: formatRangeMinutes(minutes) })),
      String(options.minutes),
      (value) => {
        const minutes = rangeChoices.find((choice) => String(choice) === value);
        if (minutes) events.change({ minutes });
      },
    );
    this.pause = iconButton('pause', 'Pause', () => events.togglePause());
    this.layout = iconButton('split', 'One plot per metric', () =>
      events.change({ layout: this.options.layout === 'split' ? 'overlay' : 'split' }),
    );
    this.form = iconButton('table', 'Show as table', () =>
      events.change({ form: this.options.form === 'table' ? 'plots' : 'table' }),
    );
    const exportButton = (name: IconName, label: string, what: SaveMessage['what']): HTMLElement =>
      iconButton(name, label, () => events.requestExport(what)).element;
    const toolbar = make(
      'div',
      { class: 'icons', role: 'toolbar', 'aria-label': 'Chart' },
      this.pause.element,
      this.layout.element,
      this.form.element,
      exportButton('csv', 'Save values as CSV', 'csv'),
      exportButton('png', 'Save picture as PNG', 'png'),
      exportButton('promql', 'Copy PromQL', 'promql'),
    );
    const choices = make('div', { class: 'choices' }, this.metrics, this.minutes, this.engines);
    this.element = make('div', { class: 'controls' }, choices, toolbar);
  }

  /** Shows the options. `isLive`: whether the time range follows the time. */
  update(options: ViewOptions, isLive: boolean, isPickerOpen: boolean): void {
    this.options = options;
    this.minutes.value = String(options.minutes);
    this.engines.value = enginesValue(options);
    setAttribute(this.metrics, 'aria-expanded', String(isPickerOpen));
    if (isLive) this.pause.setAppearance('pause', 'Pause');
    else this.pause.setAppearance('resume', 'Resume');
    if (options.layout === 'split') this.layout.setAppearance('overlay', 'One plot per unit');
    else this.layout.setAppearance('split', 'One plot per metric');
    // With a line per engine, each metric has a plot anyway.
    this.layout.element.disabled = options.engines !== 'aggregate';
    if (options.form === 'table') this.form.setAppearance('plots', 'Show as plots');
    else this.form.setAppearance('table', 'Show as table');
  }

  /** Focuses the button that opens the picker. */
  focusMetrics(): void {
    this.metrics.focus();
  }
}
