/** The note below the plots: why something that was selected is not shown. */
import type { ViewOptions } from '../src/shared/viewOptions';
import type { Store } from './store';

/** The text of the note, empty if there is nothing to say. */
export function noteText({ engines, measures, distributions }: ViewOptions, store: Store): string {
  if (measures.length + distributions.length === 0) return 'No metrics selected. Click Metrics to select some.';
  if (engines === 'aggregate') return '';
  const { subjects, engineCount } = store;
  if (Array.isArray(engines))
    return subjects.length === 0 ? 'None of the selected engines has data. Showing all engines together.' : '';
  const shown = subjects.filter(({ nonEngine }) => !nonEngine).length;
  return shown < engineCount ? `Showing ${shown} of ${engineCount} engines.` : '';
}
