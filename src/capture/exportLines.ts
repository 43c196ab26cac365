/** Measures and raw series as lines that others can read: JSON Lines and CSV. What was not measured is not there. */
import type { Series } from '../exposition/expositionReader';
import type { ChartData, ChartSeries } from '../shared/chartData';
import type { RawScrape } from './rawSeriesBuffer';

export type ExportFormat = 'jsonl' | 'csv';
export type ExportKind = 'measures' | 'series';

/** First line of a JSON Lines export. Times are Unix ms. */
export interface ExportHeader {
  skyrl_metrics_export: 1;
  of: ExportKind;
  from: number;
  to: number;
  made: number;
}

export const measureColumns = [
  'at',
  'time',
  'measure',
  'unit',
  'engine',
  'engine_name',
  'value',
  'lowest',
  'highest',
] as const;
export const seriesColumns = ['at', 'time', 'target', 'name', 'labels', 'value'] as const;

const formula = /^[=+\-@\t\r]/;

/** One field. A stranger's text that a spreadsheet would take for a formula gets an apostrophe in front, which the import takes away. */
function field(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = formula.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const csvLine = (values: readonly (string | number | null | undefined)[]): string => `${values.map(field).join(',')}\n`;
const jsonLine = (value: object): string => `${JSON.stringify(value)}\n`;
const iso = (at: number): string => new Date(at).toISOString();

/** A row of a measure; `value` null: a gap, nothing was measured between the rows on its sides. */
export interface MeasureRow {
  at: number;
  measure: string;
  /** Absent: the aggregate over the engines. */
  engine?: string;
  value: number | null;
  lowest?: number;
  highest?: number;
}

function* rowsOf({ measure, engine, at, value, lowest, highest }: ChartSeries): Generator<MeasureRow> {
  for (let index = 0; index < at.length; index += 1) {
    const [low, high] = [lowest?.[index] ?? undefined, highest?.[index] ?? undefined];
    yield {
      at: at[index] as number,
      measure,
      ...(engine && { engine: engine.id }),
      value: value[index] ?? null,
      ...(low !== undefined && { lowest: low }),
      ...(high !== undefined && { highest: high }),
    };
  }
}

export interface MeasureExport {
  header: ExportHeader;
  data: ChartData;
  unitOf: (measure: string) => string;
}

/** Lines of catalog values, a series after the other. Bands stand in the first line of JSON Lines; CSV has no place for them. */
export function* measureLines({ header, data, unitOf }: MeasureExport, format: ExportFormat): Generator<string> {
  const engines = new Map(data.series.flatMap(({ engine }) => (engine ? [[engine.id, engine.name] as const] : [])));
  const units = Object.fromEntries(
    [...new Set(data.series.map(({ measure }) => measure))].map((measure) => [measure, unitOf(measure)]),
  );
  yield format === 'csv'
    ? csvLine(measureColumns)
    : jsonLine({ ...header, units, engines: [...engines].map(([id, name]) => ({ id, name })), bands: data.bands });
  for (const series of data.series) {
    for (const row of rowsOf(series)) {
      yield format === 'jsonl'
        ? jsonLine(row)
        : csvLine([
            row.at,
            iso(row.at),
            row.measure,
            unitOf(row.measure),
            row.engine,
            series.engine?.name,
            row.value,
            row.lowest,
            row.highest,
          ]);
    }
  }
}

/** As Prometheus writes them: JSON has no word for these. */
const encodeNumber = (value: number): number | string =>
  Number.isFinite(value) ? value : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';

const labelsOf = ({ group: { labels }, le }: Series<unknown>): Record<string, string> =>
  Object.fromEntries([...labels, ...(le === undefined ? [] : [['le', le] as const])]);

/** Lines of the samples as they were scraped, a scrape after the other. */
export function* seriesLines(
  head: ExportHeader,
  scrapes: Iterable<RawScrape>,
  format: ExportFormat,
): Generator<string> {
  yield format === 'csv' ? csvLine(seriesColumns) : jsonLine(head);
  for (const { at, target, series, values } of scrapes) {
    const time = iso(at);
    for (let index = 0; index < series.length; index += 1) {
      const one = series[index] as Series<unknown>;
      const { name } = one.group;
      const value = encodeNumber(values[index] as number);
      yield format === 'jsonl'
        ? jsonLine({ at, target, name, labels: labelsOf(one), value })
        : csvLine([at, time, target, name, JSON.stringify(labelsOf(one)), value]);
    }
  }
}
