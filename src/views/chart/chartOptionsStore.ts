/** A chart's choices, kept in the workspace. */
import type { Memento } from 'vscode';
import { defaultOptions, isViewOptions, windows, type ViewOptions, type WindowMinutes } from '../../shared/viewOptions';

const keyOf = (surface: string): string => `skyrl.chart.options.${surface}`;

/** The window of this many minutes, else the longest that is not longer; the shortest where none is. */
export function windowOf(minutes: number): WindowMinutes {
  return windows.findLast((choice) => choice <= minutes) ?? windows[0];
}

/** Other choices, or how they follow from those of now. */
export type Change = Partial<ViewOptions> | ((options: ViewOptions) => Partial<ViewOptions>);

export class Choices {
  /** `minutes`: by the settings, where nobody chose a window in the chart. `begin`: another surface, to begin as it is. */
  constructor(
    private readonly memento: Memento,
    private readonly surface: string,
    private readonly minutes: () => number,
    private readonly begin?: Choices,
  ) {}

  get options(): ViewOptions {
    const stored = this.memento.get<unknown>(keyOf(this.surface));
    if (isViewOptions(stored)) return stored;
    return this.begin?.options ?? { ...defaultOptions, minutes: windowOf(this.minutes()) };
  }

  async change(change: Change): Promise<ViewOptions> {
    const { options: before } = this;
    const options = { ...before, ...(typeof change === 'function' ? change(before) : change) };
    await this.memento.update(keyOf(this.surface), options);
    return options;
  }
}
