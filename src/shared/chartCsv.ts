/** Writes the series of a chart as CSV. */
import type { ChartSeries } from './chartData';
import type { ChartRow } from './chartRow';
import { csvLine } from './csv';

const header = ['time', 'metric', 'label', 'unit', 'engine', 'engine_id', 'value', 'lowest', 'highest'];

/**
 * Series as CSV: one line for each point, times in ISO 8601, lines end with CR LF. A gap is a line without a value.
 * `rows` are the catalog rows that label and unit are taken from.
 */
export function chartCsv(series: readonly ChartSeries[], rows: readonly ChartRow[]): string {
  const lines = series.flatMap(({ measure, engine, at, value, lowest, highest }) => {
    const row = rows.find(({ id }) => id === measure);
    return at.map((time, index) =>
      csvLine([
        new Date(time).toISOString(),
        measure,
        row?.label,
        row?.unit,
        engine?.name,
        engine?.id,
        value[index],
        lowest?.[index],
        highest?.[index],
      ]),
    );
  });
  return [csvLine(header), ...lines, ''].join('\r\n');
}
