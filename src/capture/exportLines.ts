/** Writes measures and raw series as lines of an export, in JSON Lines or CSV. */
import type { Series } from '../exposition/expositionReader';
import type { ChartBand, ChartSeries, ChartSubject } from '../shared/chartData';
import { csvLine, formatNumber } from '../shared/csv';
import type { RawScrape } from './rawSeriesBuffer';

/** `jsonl`: JSON Lines. */
export type ExportFormat = 'jsonl' | 'csv';

/** `measures`: catalog values; `series`: samples as they were scraped. */
export type ExportKind = 'measures' | 'series';

/** First line of an export in JSON Lines. Times are Unix ms. */
export interface ExportHeader {
  skyrl_metrics_export: 1;
  of: ExportKind;
  from: number;
  to: number;
  /** When it was exported. */
  made: number;
}

/** Columns of measures in CSV. */
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

/** Columns of raw series in CSV. */
export const seriesColumns = ['at', 'time', 'target', 'name', 'labels', 'value'] as const;

const jsonLine = (value: object): string => `${JSON.stringify(value)}\n`;
const toIsoTime = (at: number): string => new Date(at).toISOString();

/** A row of a measure. */
export interface MeasureRow {
  /** Unix ms. */
  at: number;
  measure: string;
  /** Id of the subject. Absent: the aggregate over the engines. */
  engine?: string;
  /** `null` is a gap: nothing was measured between the neighbouring rows. */
  value: number | null;
  lowest?: number;
  highest?: number;
}

function* measureRows({ measure, engine, at, value, lowest, highest }: ChartSeries): Generator<MeasureRow> {
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

/** What an export of measures has. */
export interface ExportedMeasures {
  /** Every measure that `series` may have. */
  measures: readonly string[];
  subjects: readonly ChartSubject[];
  bands: readonly ChartBand[];
  /** Read one after the other while they are written, so that they are never in memory at once. */
  series: Iterable<ChartSeries>;
}

interface MeasureExport {
  header: ExportHeader;
  data: ExportedMeasures;
  unitOf: (measure: string) => string;
}

/** Lines of measures, series by series. JSON Lines has the bands in its first line; CSV has no bands. */
export function* measureLines({ header, data, unitOf }: MeasureExport, format: ExportFormat): Generator<string> {
  const units = Object.fromEntries(data.measures.map((measure) => [measure, unitOf(measure)]));
  yield format === 'csv'
    ? `${csvLine(measureColumns)}\n`
    : jsonLine({
        ...header,
        units,
        engines: data.subjects.map(({ id, name, node }) => ({ id, name, ...(node !== undefined && { node }) })),
        bands: data.bands,
      });
  for (const series of data.series) {
    for (const row of measureRows(series)) {
      if (format === 'jsonl') yield jsonLine(row);
      else {
        const { at, measure, engine, value, lowest, highest } = row;
        const name = series.engine?.name;
        const fields = [at, toIsoTime(at), measure, unitOf(measure), engine, name, value, lowest, highest];
        yield `${csvLine(fields)}\n`;
      }
    }
  }
}

/** A number in JSON, which cannot represent what is not finite. */
const toJsonNumber = (value: number): number | string => (Number.isFinite(value) ? value : formatNumber(value));

const labelsOf = ({ group: { labels }, le }: Series<unknown>): Record<string, string> =>
  Object.fromEntries([...labels, ...(le === undefined ? [] : [['le', le] as const])]);

/** Lines of raw samples, scrape by scrape. In CSV the labels are JSON. */
export function* seriesLines(
  header: ExportHeader,
  scrapes: Iterable<RawScrape>,
  format: ExportFormat,
): Generator<string> {
  yield format === 'csv' ? `${csvLine(seriesColumns)}\n` : jsonLine(header);
  for (const { at, target, series, values } of scrapes) {
    const time = toIsoTime(at);
    for (const [index, one] of series.entries()) {
      const { name } = one.group;
      const value = values[index] as number;
      yield format === 'jsonl'
        ? jsonLine({ at, target, name, labels: labelsOf(one), value: toJsonNumber(value) })
        : `${csvLine([at, time, target, name, JSON.stringify(labelsOf(one)), value])}\n`;
    }
  }
}
