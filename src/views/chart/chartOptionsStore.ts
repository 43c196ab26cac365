/** A chart's options, kept in the workspace. */
import type { Memento } from 'vscode';
import {
  defaultViewOptions,
  isViewOptions,
  rangeChoices,
  type RangeMinutes,
  type ViewOptions,
} from '../../shared/viewOptions';

const storageKey = (chart: string): string => `skyrl.chart.options.${chart}`;

/** The longest choice of a time range that is not longer than this; the shortest choice if there is none. */
export function nearestRangeMinutes(minutes: number): RangeMinutes {
  return rangeChoices.findLast((choice) => choice <= minutes) ?? rangeChoices[0];
}

/** Options to change, or how they follow from the present ones. */
export type OptionsChange = Partial<ViewOptions> | ((options: ViewOptions) => Partial<ViewOptions>);

/** Where and for which chart options are stored. */
export interface ChartOptionsStoreOptions {
  memento: Memento;
  /** Tells the charts of a workspace apart; part of the storage key. */
  chart: string;
  /** The time range of the settings, used until a person chooses one in the chart. */
  defaultMinutes: () => number;
  /** The chart whose options count until this one has its own. */
  initial?: ChartOptionsStore;
}

/** Reads and changes the options of one chart. */
export class ChartOptionsStore {
  constructor(private readonly storeOptions: ChartOptionsStoreOptions) {}

  /** The stored options; options that another version stored and that do not fit any more count as none. */
  get options(): ViewOptions {
    const { memento, chart, defaultMinutes, initial } = this.storeOptions;
    const stored = memento.get<unknown>(storageKey(chart));
    if (isViewOptions(stored)) return stored;
    return initial?.options ?? { ...defaultViewOptions, minutes: nearestRangeMinutes(defaultMinutes()) };
  }

  /** Stores the changed options and resolves to all of them. */
  async change(change: OptionsChange): Promise<ViewOptions> {
    const { memento, chart } = this.storeOptions;
    const { options: current } = this;
    const options = { ...current, ...(typeof change === 'function' ? change(current) : change) };
    await memento.update(storageKey(chart), options);
    return options;
  }
}
