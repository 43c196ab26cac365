/** The colours of a heat map in a theme: steps of values, and hatching of states. */
import type { ChartRow } from '../src/shared/chartRow';
import { stateColour } from './bands';
import { maxColourSteps, maxHighContrastSteps, stepColours } from './cividis';
import { cssToRgb } from './cssColour';
import type { Frame } from './frame';
import type { HeatmapColours } from './heatmapPixels';
import type { HeatmapEngine } from './heatmapRows';
import type { ExtentTracker } from './extentTracker';
import { valueSteps } from './valueSteps';

/** The colours for the values of some engines in a frame. `extents` remembers those of this plot. */
export function heatmapColours(
  engines: readonly HeatmapEngine[],
  row: Pick<ChartRow, 'unit' | 'thresholds'>,
  { theme, from, to }: Frame,
  extents: ExtentTracker,
): HeatmapColours {
  const series = engines.flatMap((engine) => (engine.series ? [engine.series] : []));
  const extent = extents.extentOf(series, { from, to });
  const steps = extent ? valueSteps(extent, row, theme.highContrast ? maxHighContrastSteps : maxColourSteps) : [];
  return {
    steps,
    colours: stepColours(steps.length, theme.isLight),
    stroke: (state) => cssToRgb(stateColour(state, theme)),
    edge: cssToRgb(theme.background),
  };
}
