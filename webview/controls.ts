import type { SaveMessage } from '../src/shared/protocol';
import { formatRangeMinutes, rangeChoices, type ViewOptions } from '../src/shared/viewOptions';
import { make, setAttribute } from './dom';
import { setIcon, icon, type IconName } from './icons';
import { dropdown } from './ui';

/** What a person did with the controls. */
export interface ControlEvents {
  change: (options: Partial<ViewOptions>) => void;
  chooseEngines: (choice: 'aggregate' | 'each' | 'some') => void;
  pause: () => void;
  togglePicker: () => void;
  requestExport: (what: SaveMessage['what']) => void;
}

interface IconButton {
  element: HTMLButtonElement;
  show: (name: IconName, label: string) => void;
}

/** A button that is an icon; its name is its tooltip, too. */
function iconButton(name: IconName, label: string, onPress: () => void): IconButton {
  const image = icon(name);
  const element = make('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label }, image);
  element.addEventListener('click', onPress);
  return {
    element,
    show: (shown, words) => {
      if (element.getAttribute('aria-label') === words) return;
      setIcon(image, shown);
      setAttribute(element, 'aria-label', words);
      setAttribute(element, 'title', words);
    },
  };
}

/** The rows of controls above the plots. */
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
    this.metrics = make('button', { type: 'button', class: 'metrics', 'aria-controls': 'chooser' }, 'Metrics');
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
      'Time shown',
      rangeChoices.map((minutes) => ({ value: String(minutes), text: formatRangeMinutes(minutes) })),
      String(options.minutes),
      (value) => {
        const minutes = rangeChoices.find((choice) => String(choice) === value);
        if (minutes) events.change({ minutes });
      },
    );
    this.pause = iconButton('pause', 'Pause', () => events.pause());
    this.layout = iconButton('split', 'Split', () =>
      events.change({ layout: this.options.layout === 'split' ? 'overlay' : 'split' }),
    );
    this.form = iconButton('table', 'Show as table', () =>
      events.change({ form: this.options.form === 'table' ? 'plots' : 'table' }),
    );
    const take = (name: IconName, label: string, what: SaveMessage['what']): HTMLElement =>
      iconButton(name, label, () => events.requestExport(what)).element;
    const icons = make(
      'div',
      { class: 'icons', role: 'toolbar', 'aria-label': 'Chart' },
      this.pause.element,
      this.layout.element,
      this.form.element,
      take('csv', 'Save values as CSV', 'csv'),
      take('png', 'Save picture as PNG', 'png'),
      take('promql', 'Copy PromQL of what is shown', 'promql'),
    );
    this.element = make(
      'div',
      { class: 'controls' },
      make('div', { class: 'choices' }, this.metrics, this.minutes, this.engines),
      icons,
    );
  }

  update(options: ViewOptions, follows: boolean, chooserOpen: boolean): void {
    this.options = options;
    this.minutes.value = String(options.minutes);
    this.engines.value = enginesValue(options);
    setAttribute(this.metrics, 'aria-expanded', String(chooserOpen));
    this.pause.show(follows ? 'pause' : 'follow', follows ? 'Pause' : 'Follow the time again');
    const split = options.layout === 'split';
    this.layout.show(
      split ? 'overlay' : 'split',
      split ? 'Plot metrics of one unit together' : 'Plot each metric by itself',
    );
    // Where each engine has its line, a plot has one metric anyway.
    this.layout.element.disabled = options.engines !== 'aggregate';
    this.form.show(
      options.form === 'table' ? 'plots' : 'table',
      options.form === 'table' ? 'Show as plots' : 'Show as table',
    );
  }

  /** Where the focus goes when the chooser closes. */
  focusMetrics(): void {
    this.metrics.focus();
  }
}

function enginesValue({ engines }: ViewOptions): string {
  return Array.isArray(engines) ? 'some' : engines;
}
