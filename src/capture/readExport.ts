/** Reads an export of measures back, so that the chart can show it. */
import { isObject } from '../shared/guards';
import { measureColumns, seriesColumns, type MeasureRow } from './exportLines';
import {
  addPoint,
  newSeries,
  type ChartBand,
  type ChartData,
  type ChartSubject,
  type ChartSeries,
} from '../shared/chartData';

export interface ImportedData {
  data: ChartData;
  /** Unix ms: of the first and the last row. */
  from: number;
  to: number;
  /** Rows of measures that this version's catalog does not have. */
  unknownRows: number;
}

export interface ImportOptions {
  /** Of what a measure is: of engines, or of other parts of the run; undefined: this version has no such measure. */
  subjectOf: (id: string) => 'engine' | 'part' | undefined;
  /** Lets others run; rejects when the person has cancelled. */
  pause: () => Promise<void>;
}

/** The file is no export that can be shown; the message is for people. */
export class ImportError extends Error {}

const pauseEvery = 5_000;

/** Fields of one CSV line; quoted ones hold no line feed in what we write. */
export function parseCsvLine(line: string): string[] {
  const fields: string[] = [];
  const pattern = /(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/gy;
  for (let match = pattern.exec(line); match; match = pattern.exec(line)) {
    fields.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
    if (pattern.lastIndex >= line.length) break;
  }
  return fields.map((text) => (/^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text));
}

type ReadRow = (line: string) => (MeasureRow & { name?: string }) | undefined;

const number = (text: string | undefined): number | undefined =>
  text === undefined || text === '' ? undefined : Number(text);
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function rowOf(value: Record<string, unknown>): MeasureRow | undefined {
  const { at, measure, engine, value: given, lowest, highest } = value;
  if (!isNumber(at) || typeof measure !== 'string' || !(given === null || isNumber(given))) return undefined;
  if (
    ![lowest, highest].every((end) => end === undefined || isNumber(end)) ||
    !(engine === undefined || typeof engine === 'string')
  )
    return undefined;
  return {
    at,
    measure,
    value: given,
    ...(engine !== undefined && { engine }),
    ...(isNumber(lowest) && { lowest }),
    ...(isNumber(highest) && { highest }),
  };
}

const csvRow: ReadRow = (line) => {
  const [at, , measure, , engine, name, value, lowest, highest, ...more] = parseCsvLine(line);
  if (more.length > 0 || at === undefined || highest === undefined) return undefined;
  const row = rowOf({
    at: number(at),
    measure,
    value: number(value) ?? null,
    ...(engine && { engine }),
    ...(lowest && { lowest: number(lowest) }),
    ...(highest && { highest: number(highest) }),
  });
  return row && { ...row, ...(name && { name }) };
};

const jsonRow: ReadRow = (line) => {
  const value: unknown = JSON.parse(line);
  return isObject(value) ? rowOf(value) : undefined;
};

interface ParsedHeader {
  read: ReadRow;
  names: Map<string, string>;
  bands: ChartBand[];
}

const rawSeriesMessage =
  'This is an export of raw series. The chart shows catalog values: export those, or replay recorded scrapes.';

function parseHeader(line: string): ParsedHeader {
  if (line === measureColumns.join(',')) return { read: csvRow, names: new Map(), bands: [] };
  if (line === seriesColumns.join(',')) throw new ImportError(rawSeriesMessage);
  let head: unknown;
  try {
    head = JSON.parse(line);
  } catch {
    head = undefined;
  }
  if (!isObject(head) || head['skyrl_metrics_export'] === undefined)
    throw new ImportError(
      'This is no export of SkyRL Metrics: its first line is neither the head of JSON Lines nor the columns of CSV.',
    );
  if (head['skyrl_metrics_export'] !== 1) throw new ImportError('This export is of a newer version of SkyRL Metrics.');
  if (head['of'] !== 'measures') throw new ImportError(rawSeriesMessage);
  const list = (key: string): unknown[] => (Array.isArray(head[key]) ? head[key] : []);
  const engines = list('engines').filter(isEngine);
  return {
    read: jsonRow,
    names: new Map(engines.map(({ id, name }) => [id, name])),
    bands: list('bands').filter(isBand),
  };
}

const isEngine = (value: unknown): value is ChartSubject =>
  isObject(value) && typeof value['id'] === 'string' && typeof value['name'] === 'string';

function isBand(value: unknown): value is ChartBand {
  return (
    isObject(value) &&
    ['phase', 'state', 'reset'].includes(value['kind'] as string) &&
    isNumber(value['from']) &&
    typeof value['label'] === 'string' &&
    (value['to'] === undefined || isNumber(value['to'])) &&
    (value['engine'] === undefined || isEngine(value['engine']))
  );
}

/** Reads an export. Rejects with an ImportError that names the line where the text is none. */
export async function readExport(text: string, { subjectOf, pause }: ImportOptions): Promise<ImportedData> {
  const lines = text.split(/\r?\n/);
  const { read, names, bands } = parseHeader(lines[0] ?? '');
  const series = new Map<string, ChartSeries>();
  let unknown = 0;
  for (let index = 1; index < lines.length; index += 1) {
    if (index % pauseEvery === 0) await pause();
    const line = lines[index] as string;
    if (line === '') continue;
    let row: ReturnType<ReadRow>;
    try {
      row = read(line);
    } catch {
      row = undefined;
    }
    if (!row) throw new ImportError(`Line ${index + 1} is no row of an export.`);
    const { at, measure, engine, value, lowest, highest, name } = row;
    const subject = subjectOf(measure);
    if (!subject) {
      unknown += 1;
      continue;
    }
    const key = JSON.stringify([measure, engine]);
    const known =
      series.get(key) ??
      newSeries(
        measure,
        engine === undefined
          ? undefined
          : { id: engine, name: names.get(engine) ?? name ?? engine, ...(subject === 'part' && { nonEngine: true }) },
      );
    series.set(key, known);
    // Of one engine only whole minutes have a spread.
    if (lowest !== undefined) for (const end of ['lowest', 'highest'] as const) known[end] ??= known.at.map(() => null);
    addPoint(known, { at, value, lowest, highest });
  }
  const all = [...series.values()];
  const from = Math.min(...all.map(({ at }) => at[0] as number));
  const to = Math.max(...all.map(({ at }) => at.at(-1) as number));
  if (all.length === 0) throw new ImportError('This export holds no rows that the chart could show.');
  return {
    data: {
      series: all,
      bands,
      engineCount: new Set(all.flatMap(({ engine }) => (engine && !engine.nonEngine ? [engine.id] : []))).size,
    },
    from,
    to,
    unknownRows: unknown,
  };
}
