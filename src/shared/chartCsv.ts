/** Writes the series of a chart as CSV. */
import type { ChartSeries } from './chartData';
import type { ChartRow } from './chartRow';
import { csvLine } from './csv';

const header = ['time', 'metric', 'label', 'unit', 'engine', 'engine_id', 'value', 'lowest', 'highest'];
const line = (cells: readonly (string | number | null | undefined)[]): string => `${csvLine(cells)}\r\n`;

/**
 * Series as CSV, line by line: one for each point, times in ISO 8601, lines end with CR LF. A gap is a line without a
 * value. `rows` are the catalog rows that label and unit are taken from.
 */
export function* chartCsv(series: readonly ChartSeries[], rows: readonly ChartRow[]): Generator<string> {
  const rowById = new Map(rows.map((row) => [row.id, row]));
  yield line(header);
  for (const { measure, engine, at, value, lowest, highest } of series) {
    const { label, unit } = rowById.get(measure) ?? {};
    for (const [index, time] of at.entries())
      yield line([
        new Date(time).toISOString(),
        measure,
        label,
        unit,
        engine?.name,
        engine?.id,
        value[index],
        lowest?.[index],
        highest?.[index],
      ]);
  }
}
