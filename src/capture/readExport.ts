/** Reads an export of measures, so that the chart can show it. */
import {
  addPoint,
  newSeries,
  type ChartBand,
  type ChartData,
  type ChartSeries,
  type ChartSubject,
} from '../shared/chartData';
import { isChartBand } from '../shared/chartGuards';
import { parseCsvLine } from '../shared/csv';
import { isAbsentOr, isNumber, isObject, isString } from '../shared/guards';
import { parseJson } from '../shared/parseJson';
import { LineTooLongError, readLines } from '../shared/readLines';
import { isChartSubject } from '../shared/subjectChoice';
import { measureColumns, seriesColumns, type MeasureRow } from './exportLines';

/** The data of an export. */
export interface ImportedData {
  data: ChartData;
  /** Time of the first row, Unix ms. */
  from: number;
  /** Time of the last row, Unix ms. */
  to: number;
  /** Number of rows of measures that this version's catalog does not have. */
  unknownRows: number;
}

/** What an import may have. */
interface ImportBounds {
  rows: number;
  series: number;
}

interface ImportOptions {
  bounds?: ImportBounds;
  /** Whether a measure is about engines or other subjects; undefined if this version's catalog does not have it. */
  subjectOf: (measure: string) => 'engine' | 'part' | undefined;
  /** Called now and then so that other work can run. It rejects to cancel the import. */
  pause: () => Promise<void>;
}

/** The file cannot be shown. The message is for people. */
export class ImportError extends Error {}

/** Rows between two pauses: some milliseconds. */
const linesPerPause = 2_000;

/** The first line lists up to 10,000 bands and all engines: some MB. */
const maxLineBytes = 8 * 2 ** 20;

/** A day of 64 engines with 40 measures each, at 30 bytes of memory a row; as many series as the history keeps. */
const defaultBounds: ImportBounds = { rows: 4_000_000, series: 32_000 };

const formatCount = (count: number): string => count.toLocaleString('en-US');

/** A row and, in CSV, the name of its subject. */
type NamedRow = MeasureRow & { name?: string };
/** Parses a line; undefined if it is not a row. May throw. */
type RowParser = (line: string) => NamedRow | undefined;

function toMeasureRow(row: Record<string, unknown>): MeasureRow | undefined {
  const { at, measure, engine, value, lowest, highest } = row;
  if (!isNumber(at) || !isString(measure) || !(value === null || isNumber(value))) return undefined;
  if (!isAbsentOr(lowest, isNumber) || !isAbsentOr(highest, isNumber) || !isAbsentOr(engine, isString))
    return undefined;
  return {
    at,
    measure,
    value,
    ...(isString(engine) && { engine }),
    ...(isNumber(lowest) && { lowest }),
    ...(isNumber(highest) && { highest }),
  };
}

const toNumber = (text: string | undefined): number | undefined =>
  text === undefined || text === '' ? undefined : Number(text);

const parseCsvRow: RowParser = (line) => {
  const [at, , measure, , engine, name, value, lowest, highest, ...more] = parseCsvLine(line);
  if (more.length > 0 || at === undefined || highest === undefined) return undefined;
  const row = toMeasureRow({
    at: toNumber(at),
    measure,
    value: toNumber(value) ?? null,
    ...(engine && { engine }),
    ...(lowest && { lowest: toNumber(lowest) }),
    ...(highest && { highest: toNumber(highest) }),
  });
  return row && { ...row, ...(name && { name }) };
};

const parseJsonRow: RowParser = (line) => {
  const value: unknown = JSON.parse(line);
  return isObject(value) ? toMeasureRow(value) : undefined;
};

interface ParsedHeader {
  parseRow: RowParser;
  /** By id; CSV has names in its rows instead. */
  subjects: Map<string, ChartSubject>;
  bands: ChartBand[];
}

const rawSeriesMessage =
  'This is an export of raw series. The chart shows catalog values: export those, or replay recorded scrapes.';

const notAnExport = (): ImportError =>
  new ImportError(
    'This is not an export of SkyRL Metrics. Its first line is neither a JSON Lines header nor the CSV columns.',
  );

/** Parses the first line. Rejects with an ImportError if it does not begin an export of measures. */
async function parseHeader(line: string): Promise<ParsedHeader> {
  if (line === measureColumns.join(',')) return { parseRow: parseCsvRow, subjects: new Map(), bands: [] };
  if (line === seriesColumns.join(',')) throw new ImportError(rawSeriesMessage);
  let header: unknown;
  try {
    header = await parseJson(Buffer.from(line));
  } catch {
    header = undefined;
  }
  if (!isObject(header) || header['skyrl_metrics_export'] === undefined) throw notAnExport();
  const { skyrl_metrics_export: version, of, engines, bands } = header;
  if (version !== 1) throw new ImportError('This export was made by a newer version of SkyRL Metrics.');
  if (of !== 'measures') throw new ImportError(rawSeriesMessage);
  const subjects = (Array.isArray(engines) ? engines : []).filter(isChartSubject);
  return {
    parseRow: parseJsonRow,
    subjects: new Map(subjects.map(({ id, name, node }) => [id, { id, name, ...(node !== undefined && { node }) }])),
    bands: (Array.isArray(bands) ? bands : []).filter(isChartBand),
  };
}

const tooLarge = ({ rows, series }: ImportBounds): ImportError =>
  new ImportError(
    `This export has more than ${formatCount(rows)} rows or ${formatCount(series)} series, which no chart can show. Export a shorter time.`,
  );

/** Collects rows into series. */
class SeriesCollector {
  private readonly seriesByKey = new Map<string, ChartSeries>();
  unknownRows = 0;
  private rows = 0;

  constructor(
    private readonly subjects: ReadonlyMap<string, ChartSubject>,
    private readonly subjectOf: ImportOptions['subjectOf'],
    private readonly bounds: ImportBounds,
  ) {}

  get series(): ChartSeries[] {
    return [...this.seriesByKey.values()];
  }

  add(row: NamedRow): void {
    const { at, measure, engine: id, value, lowest, highest, name } = row;
    const kind = this.subjectOf(measure);
    if (!kind) {
      this.unknownRows += 1;
      return;
    }
    const key = JSON.stringify([measure, id]);
    const subject = id === undefined ? undefined : (this.subjects.get(id) ?? { id, name: name ?? id });
    const series =
      this.seriesByKey.get(key) ??
      newSeries(measure, subject && { ...subject, ...(kind === 'part' && { nonEngine: true }) });
    this.seriesByKey.set(key, series);
    this.rows += 1;
    if (this.rows > this.bounds.rows || this.seriesByKey.size > this.bounds.series) throw tooLarge(this.bounds);
    // A single subject has a spread only in whole minutes, so the columns may begin later.
    if (lowest !== undefined) {
      series.lowest ??= series.at.map(() => null);
      series.highest ??= series.at.map(() => null);
    }
    addPoint(series, { at, value, lowest, highest });
  }
}

/**
 * Reads an export. Rejects with an ImportError if it is not one, naming the line, or with what `pause` rejects with.
 */
export async function readExport(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { subjectOf, pause, bounds = defaultBounds }: ImportOptions,
): Promise<ImportedData> {
  let header: ParsedHeader | undefined;
  let collector = new SeriesCollector(new Map(), subjectOf, bounds);
  let index = 0;
  try {
    for await (const line of readLines(chunks, maxLineBytes)) {
      if (!header) {
        header = await parseHeader(line);
        collector = new SeriesCollector(header.subjects, subjectOf, bounds);
      } else if (line !== '') collector.add(parseRowAt(header.parseRow, line, index));
      if (++index % linesPerPause === 0) await pause();
    }
  } catch (error) {
    throw error instanceof LineTooLongError ? notAnExport() : error;
  }
  if (!header) throw notAnExport();
  const { bands } = header;
  const { series, unknownRows } = collector;
  if (series.length === 0) throw new ImportError('This export has no rows that the chart can show.');
  const engineIds = series.flatMap(({ engine }) => (engine && !engine.nonEngine ? [engine.id] : []));
  return {
    data: { series, bands, engineCount: new Set(engineIds).size },
    from: Math.min(...series.map(({ at }) => at[0] as number)),
    to: Math.max(...series.map(({ at }) => at.at(-1) as number)),
    unknownRows,
  };
}

function parseRowAt(parseRow: RowParser, line: string, index: number): NamedRow {
  let row: NamedRow | undefined;
  try {
    row = parseRow(line);
  } catch {
    row = undefined;
  }
  if (!row) throw new ImportError(`Line ${index + 1} is not a row of an export.`);
  return row;
}
