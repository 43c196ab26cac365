import { windows, type ViewOptions } from '../src/shared/protocol';
import { make, setText } from './dom';
import { button, dropdown } from './ui';

const names: Record<ViewOptions['minutes'], string> = { 5: '5 min', 15: '15 min', 60: '1 h' };

/** What a person did with the controls. */
export interface ControlEvents {
  change: (options: Partial<ViewOptions>) => void;
  pause: () => void;
}

/** The row of controls above the plots. */
export class Controls {
  readonly element: HTMLElement;
  private readonly minutes;
  private readonly engines;
  private readonly pause;

  constructor(options: ViewOptions, events: ControlEvents) {
    this.minutes = dropdown('Time shown', windows.map((minutes) => ({ value: String(minutes), text: names[minutes] })), String(options.minutes), (value) => {
      const minutes = windows.find((choice) => String(choice) === value);
      if (minutes) events.change({ minutes });
    });
    this.engines = dropdown('Engines', [{ value: 'aggregate', text: 'All engines' }, { value: 'each', text: 'Per engine' }], options.engines,
      (value) => events.change({ engines: value === 'each' ? 'each' : 'aggregate' }));
    this.pause = button('Pause', () => events.pause());
    this.element = make('div', { class: 'controls' }, this.engines, this.minutes, this.pause);
  }

  update(options: ViewOptions, follows: boolean): void {
    this.minutes.value = String(options.minutes);
    this.engines.value = options.engines;
    setText(this.pause, follows ? 'Pause' : 'Follow');
    this.pause.title = follows ? 'Let the plots stand still' : 'Let the plots follow the time again';
  }
}
