/** The engines of a heat map as a table, for screen readers and for reading exact values. */
import { formatValue, type Unit } from '../src/shared/format';
import type { Frame } from './frame';
import { engineState, engineValue } from './heatmapReading';
import type { HeatmapEngine } from './heatmapRows';
import type { TableData } from './plotTable';
import { extremesIn, meanIn } from './seriesLookup';

/**
 * A row for each engine, in the order of the heat map. Values are those at the cursor, else the newest; mean, lowest and
 * highest are of the time range.
 */
export function heatmapTable(engines: readonly HeatmapEngine[], unit: Unit, frame: Frame): TableData {
  const cells = (engine: HeatmapEngine): string[] => {
    const { series, subject } = engine;
    const [lowest, highest] = (series && extremesIn(series, frame)) ?? [];
    const numbers = [engineValue(engine, frame), series && meanIn(series, frame), lowest, highest];
    return [subject.node ?? '–', engineState(engine, frame) ?? '', ...numbers.map((value) => formatValue(value, unit))];
  };
  return {
    rowTitle: 'Engine',
    names: ['Node', 'State', frame.cursor === undefined ? 'Newest' : 'At cursor', 'Mean', 'Lowest', 'Highest'],
    keys: engines.map((_, index) => index),
    rowName: (index) => engines[index]?.subject.name ?? '',
    cells: (index) => {
      const engine = engines[index];
      return engine ? cells(engine) : [];
    },
  };
}
