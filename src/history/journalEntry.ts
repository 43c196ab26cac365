/** What the records of the files say: points of a stretch of time, one minute, buckets of histograms, or marks. */
import type { ChartBand, ChartSubject } from '../shared/chartData';
import type { HistogramRows } from './distributionHistory';
import type { History } from './history';
import type { SubjectHistory } from './subjectHistory';

/** Of an owner its engine's or part's id and name (none: the aggregate), and of each of its series the measure's index and how many rows it has. */
type SubjectHeader = [id: string | null, name: string, series: [measure: number, rows: number][], kind?: 'part'];

/** Whose series they are; undefined: the aggregate. */
export const subjectOfHeader = ([id, name, , kind]: SubjectHeader): ChartSubject | undefined =>
  id === null ? undefined : { id, name, ...(kind === 'part' && { nonEngine: true }) };

interface SeriesHeader {
  /** When it was written, Unix ms. */
  at: number;
  /** Counts the records of its window. */
  sequence: number;
  measures: string[];
  owners: SubjectHeader[];
}

/** Each series in turn: its times, its values, and of the aggregate its lowest and highest. */
export interface PointsHeader extends SeriesHeader {
  kind: 'points';
}
/** Each series in turn: mean, lowest, highest. */
export interface MinuteHeader extends SeriesHeader {
  kind: 'minute';
  minute: number;
  /** The clock had gone back: later minutes than this one that were written before do not count. */
  back?: number;
}
/** Each histogram in turn: of each of its rows its beginning, its end, and what its buckets counted. In a file of minutes: the last row of each. */
export interface BucketsHeader {
  kind: 'buckets';
  at: number;
  sequence: number;
  histograms: [histogram: string, bounds: number[], rows: number][];
}
/** Each as it is now. */
export interface BandsHeader {
  kind: 'marks';
  at: number;
  bands: ChartBand[];
}

/** As it is before it is written. */
export type WithoutSequence<Header> = Omit<Header, 'sequence'>;

export type EntryHeader = PointsHeader | MinuteHeader | BucketsHeader | BandsHeader;

/** A growing column of numbers. */
class Column {
  private readonly numbers: number[] = [];
  push(...more: number[]): void {
    for (const each of more) this.numbers.push(each);
  }
  get length(): number {
    return this.numbers.length;
  }
  doubles(): Float64Array {
    return Float64Array.from(this.numbers);
  }
  singles(): Float32Array {
    return Float32Array.from(this.numbers);
  }
}

/** Collects of each owner's series what `rows` finds, as a header's lists. `rows` returns how many there are. */
function collect(
  history: History,
  rows: (owner: SubjectHistory, slot: number) => number,
): Pick<SeriesHeader, 'measures' | 'owners'> {
  const indices = new Map<string, number>();
  const owners: SubjectHeader[] = [];
  for (const owner of history.subjectHistories) {
    const series: [number, number][] = [];
    for (const [measure, slot] of owner.slots) {
      const count = rows(owner, slot);
      if (count === 0) continue;
      if (!indices.has(measure)) indices.set(measure, indices.size);
      series.push([indices.get(measure) ?? 0, count]);
    }
    if (series.length === 0) continue;
    const { id = null, name = '', nonEngine } = owner.subject ?? {};
    owners.push(nonEngine ? [id, name, series, 'part'] : [id, name, series]);
  }
  return { measures: [...indices.keys()], owners };
}

/** The points that are not on disk yet; from now on they count as written. Undefined where there is none. */
export function takePointsEntry(
  history: History,
  at: number,
): { header: WithoutSequence<PointsHeader>; body: Float64Array } | undefined {
  const body = new Column();
  const found = collect(history, (owner, slot) => {
    const columns: [number[], number[], number[], number[]] = [[], [], [], []];
    owner.points.visitUnwritten(slot, (...row) => row.forEach((each, index) => columns[index]?.push(each)));
    for (const column of owner.subject ? columns.slice(0, 2) : columns) body.push(...column);
    return columns[0].length;
  });
  for (const owner of history.subjectHistories) owner.points.markWritten();
  return body.length === 0 ? undefined : { header: { kind: 'points', at, ...found }, body: body.doubles() };
}

/** The minutes before `before` in which something is new; from now on they count as written. */
export function takeMinuteEntries(
  history: History,
  at: number,
  before: number,
): { header: WithoutSequence<MinuteHeader>; body: Float32Array }[] {
  const { changes } = history;
  const minutes = [...changes.minutes].filter((minute) => minute < before).sort((a, b) => a - b);
  const records = minutes.flatMap((minute, index) => {
    changes.minutes.delete(minute);
    const body = new Column();
    const found = collect(history, (owner, slot) => {
      let count = 0;
      owner.minutes.visit(slot, minute, minute + 1, (_minute, mean, low, high) => {
        body.push(mean, low, high);
        count = 1;
      });
      return count;
    });
    if (body.length === 0) return [];
    const back = index === 0 && changes.truncatedAfter !== undefined ? { back: changes.truncatedAfter } : {};
    return [{ header: { kind: 'minute' as const, at, minute, ...back, ...found }, body: body.singles() }];
  });
  if (records.length > 0) changes.truncatedAfter = undefined;
  return records;
}

/** Rows of histograms as a record; undefined where there is none. */
export function toBucketsEntry(
  histograms: readonly HistogramRows[],
  at: number,
): { header: WithoutSequence<BucketsHeader>; body: Float64Array } | undefined {
  if (histograms.length === 0) return undefined;
  const body = new Column();
  for (const { rows } of histograms)
    for (const { from, to, counts } of rows) body.push(from, to, ...Array.from(counts));
  return {
    header: {
      kind: 'buckets',
      at,
      histograms: histograms.map(({ histogram, bounds, rows }) => [histogram, [...bounds], rows.length]),
    },
    body: body.doubles(),
  };
}

const isString = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function isSubjectHeader(value: unknown, measures: number): value is SubjectHeader {
  if (!Array.isArray(value)) return false;
  const [id, name, series, kind] = value as unknown[];
  return (
    (id === null || isString(id)) &&
    isString(name) &&
    (kind === undefined || kind === 'part') &&
    Array.isArray(series) &&
    series.every((one: unknown) => {
      if (!Array.isArray(one)) return false;
      const [measure, rows] = one as unknown[];
      return isNumber(measure) && measure >= 0 && measure < measures && isNumber(rows) && rows >= 0;
    })
  );
}

function isHistogram(value: unknown): value is BucketsHeader['histograms'][number] {
  if (!Array.isArray(value)) return false;
  const [histogram, bounds, rows] = value as unknown[];
  return (
    isString(histogram) &&
    Array.isArray(bounds) &&
    bounds.every((bound, index) => isNumber(bound) && (index === 0 || bound > (bounds[index - 1] as number))) &&
    isNumber(rows) &&
    rows >= 0
  );
}

function isBand(value: unknown): value is ChartBand {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, from, to, label, engine } = value as Record<string, unknown>;
  const isEngine =
    engine === undefined ||
    (typeof engine === 'object' &&
      engine !== null &&
      'id' in engine &&
      isString(engine.id) &&
      'name' in engine &&
      isString(engine.name));
  return (
    ['phase', 'state', 'reset'].some((each) => each === kind) &&
    isNumber(from) &&
    (to === undefined || isNumber(to)) &&
    isString(label) &&
    isEngine
  );
}

/** The header, where it is one. */
export function parseHeader(value: unknown): EntryHeader | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, at, sequence, measures, owners, minute, bands, histograms } = value as Record<string, unknown>;
  if (!isNumber(at)) return undefined;
  if (kind === 'marks') return Array.isArray(bands) && bands.every(isBand) ? (value as BandsHeader) : undefined;
  if (kind === 'buckets')
    return isNumber(sequence) && Array.isArray(histograms) && histograms.every(isHistogram)
      ? (value as BucketsHeader)
      : undefined;
  if (
    !isNumber(sequence) ||
    !Array.isArray(measures) ||
    !measures.every(isString) ||
    !Array.isArray(owners) ||
    !owners.every((owner) => isSubjectHeader(owner, measures.length))
  )
    return undefined;
  if (kind === 'points') return value as PointsHeader;
  return kind === 'minute' && isNumber(minute) ? (value as MinuteHeader) : undefined;
}
