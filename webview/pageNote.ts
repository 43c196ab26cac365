/** The note below the plots: why something that was selected is not shown. */
import { engineLimit, type ViewOptions } from '../src/shared/viewOptions';
import type { Store } from './store';

/** The text of the note, empty if there is nothing to say. */
export function noteText({ engines, measures, distributions, form }: ViewOptions, store: Store): string {
  if (measures.length + distributions.length === 0) return 'No metrics selected. Click Metrics to select some.';
  if (engines === 'aggregate' || form === 'heatmap') return '';
  const { subjects, engineCount } = store;
  if (Array.isArray(engines))
    return subjects.length === 0 ? 'None of the selected engines has data. Showing all engines together.' : '';
  const shown = subjects.filter(({ nonEngine }) => !nonEngine).length;
  return shown < engineCount ? `Showing ${shown} of ${engineCount} engines.` : '';
}

/** Whether there are more engines than lines can be told apart, and a person asked for single engines. */
export const offersHeatmap = ({ engines, measures, form }: ViewOptions, { engineCount }: Store): boolean =>
  form !== 'heatmap' && engines !== 'aggregate' && measures.length > 0 && engineCount > engineLimit;
