/** A chart's choices, kept in the workspace. */
import type { Memento } from 'vscode';
import {
  defaultViewOptions,
  isViewOptions,
  rangeChoices,
  type ViewOptions,
  type RangeMinutes,
} from '../../shared/viewOptions';

const storageKey = (surface: string): string => `skyrl.chart.options.${surface}`;

/** The window of this many minutes, else the longest that is not longer; the shortest where none is. */
export function nearestRangeMinutes(minutes: number): RangeMinutes {
  return rangeChoices.findLast((choice) => choice <= minutes) ?? rangeChoices[0];
}

/** Other choices, or how they follow from those of now. */
export type OptionsChange = Partial<ViewOptions> | ((options: ViewOptions) => Partial<ViewOptions>);

export class ChartOptionsStore {
  /** `minutes`: by the settings, where nobody chose a window in the chart. `begin`: another surface, to begin as it is. */
  constructor(
    private readonly memento: Memento,
    private readonly surface: string,
    private readonly defaultMinutes: () => number,
    private readonly initial?: ChartOptionsStore,
  ) {}

  get options(): ViewOptions {
    const stored = this.memento.get<unknown>(storageKey(this.surface));
    if (isViewOptions(stored)) return stored;
    return this.initial?.options ?? { ...defaultViewOptions, minutes: nearestRangeMinutes(this.defaultMinutes()) };
  }

  async change(change: OptionsChange): Promise<ViewOptions> {
    const { options: before } = this;
    const options = { ...before, ...(typeof change === 'function' ? change(before) : change) };
    await this.memento.update(storageKey(this.surface), options);
    return options;
  }
}
