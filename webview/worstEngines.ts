/** The engines with the worst newest values. */
import type { ViewOptions } from '../src/shared/viewOptions';
import type { PickerChoices } from './pickerBoxes';
import { newestIndex } from './seriesLookup';
import type { Store } from './store';

const worstCount = 5;

/** The worst engines of a metric. */
export interface WorstEngines {
  /** Short label of the metric. */
  label: string;
  /** `Engine.id`, the worst first. */
  ids: string[];
}

/**
 * The five worst engines of the first selected metric for which high or low values are bad; undefined if no engine has
 * values of such a metric here. Values that are all the same have no worst.
 */
export function worstEngines(
  { measures, engines }: Pick<ViewOptions, 'measures' | 'engines'>,
  { rows }: Pick<PickerChoices, 'rows'>,
  store: Store,
): WorstEngines | undefined {
  // Of engines that are not selected, the page has no values.
  if (Array.isArray(engines)) return undefined;
  for (const id of measures) {
    const row = rows.find((one) => one.id === id);
    if (!row?.worst) continue;
    const values = store.subjectSeries(id).flatMap((series) => {
      const index = newestIndex(series);
      const value = index === undefined ? undefined : series.value[index];
      return series.engine && !series.engine.nonEngine && typeof value === 'number'
        ? [{ id: series.engine.id, value }]
        : [];
    });
    if (new Set(values.map(({ value }) => value)).size < 2) continue;
    const sign = row.worst === 'high' ? -1 : 1;
    values.sort((a, b) => sign * (a.value - b.value));
    return { label: row.short, ids: values.slice(0, worstCount).map((engine) => engine.id) };
  }
  return undefined;
}
