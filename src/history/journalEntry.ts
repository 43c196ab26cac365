/** What the records of the files say: points of a stretch of time, one minute, buckets of histograms, or marks. */
import type { ChartBand, ChartEngine } from '../shared/chartData';
import type { HistogramRows } from './distributionHistory';
import type { History } from './history';
import type { Owner } from './subjectHistory';

/** Of an owner its engine's or part's id and name (none: the aggregate), and of each of its series the measure's index and how many rows it has. */
type OwnerHeader = [id: string | null, name: string, series: [measure: number, rows: number][], kind?: 'part'];

/** Whose series they are; undefined: the aggregate. */
export const engineOf = ([id, name, , kind]: OwnerHeader): ChartEngine | undefined =>
  id === null ? undefined : { id, name, ...(kind === 'part' && { part: true }) };

interface Header {
  /** When it was written, Unix ms. */
  at: number;
  /** Counts the records of its window. */
  sequence: number;
  measures: string[];
  owners: OwnerHeader[];
}

/** Each series in turn: its times, its values, and of the aggregate its lowest and highest. */
export interface PointsHeader extends Header {
  kind: 'points';
}
/** Each series in turn: mean, lowest, highest. */
export interface MinuteHeader extends Header {
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
export interface MarksHeader {
  kind: 'marks';
  at: number;
  bands: ChartBand[];
}

/** As it is before it is written. */
export type Unnumbered<Header> = Omit<Header, 'sequence'>;

export type RecordHeader = PointsHeader | MinuteHeader | BucketsHeader | MarksHeader;

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
function collect(history: History, rows: (owner: Owner, slot: number) => number): Pick<Header, 'measures' | 'owners'> {
  const indices = new Map<string, number>();
  const owners: OwnerHeader[] = [];
  for (const owner of history.owners) {
    const series: [number, number][] = [];
    for (const [measure, slot] of owner.measures) {
      const count = rows(owner, slot);
      if (count === 0) continue;
      if (!indices.has(measure)) indices.set(measure, indices.size);
      series.push([indices.get(measure) ?? 0, count]);
    }
    if (series.length === 0) continue;
    const { id = null, name = '', part } = owner.engine ?? {};
    owners.push(part ? [id, name, series, 'part'] : [id, name, series]);
  }
  return { measures: [...indices.keys()], owners };
}

/** The points that are not on disk yet; from now on they count as written. Undefined where there is none. */
export function takePoints(
  history: History,
  at: number,
): { header: Unnumbered<PointsHeader>; body: Float64Array } | undefined {
  const body = new Column();
  const found = collect(history, (owner, slot) => {
    const columns: [number[], number[], number[], number[]] = [[], [], [], []];
    owner.points.visitUnwritten(slot, (...row) => row.forEach((each, index) => columns[index]?.push(each)));
    for (const column of owner.engine ? columns.slice(0, 2) : columns) body.push(...column);
    return columns[0].length;
  });
  for (const owner of history.owners) owner.points.markWritten();
  return body.length === 0 ? undefined : { header: { kind: 'points', at, ...found }, body: body.doubles() };
}

/** The minutes before `before` in which something is new; from now on they count as written. */
export function takeMinutes(
  history: History,
  at: number,
  before: number,
): { header: Unnumbered<MinuteHeader>; body: Float32Array }[] {
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
    const back = index === 0 && changes.back !== undefined ? { back: changes.back } : {};
    return [{ header: { kind: 'minute' as const, at, minute, ...back, ...found }, body: body.singles() }];
  });
  if (records.length > 0) changes.back = undefined;
  return records;
}

/** Rows of histograms as a record; undefined where there is none. */
export function bucketsRecord(
  histograms: readonly HistogramRows[],
  at: number,
): { header: Unnumbered<BucketsHeader>; body: Float64Array } | undefined {
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

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function isOwner(value: unknown, measures: number): value is OwnerHeader {
  if (!Array.isArray(value)) return false;
  const [id, name, series, kind] = value as unknown[];
  return (
    (id === null || isText(id)) &&
    isText(name) &&
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
    isText(histogram) &&
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
      isText(engine.id) &&
      'name' in engine &&
      isText(engine.name));
  return (
    ['phase', 'state', 'reset'].some((each) => each === kind) &&
    isNumber(from) &&
    (to === undefined || isNumber(to)) &&
    isText(label) &&
    isEngine
  );
}

/** The header, where it is one. */
export function readHeader(value: unknown): RecordHeader | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, at, sequence, measures, owners, minute, bands, histograms } = value as Record<string, unknown>;
  if (!isNumber(at)) return undefined;
  if (kind === 'marks') return Array.isArray(bands) && bands.every(isBand) ? (value as MarksHeader) : undefined;
  if (kind === 'buckets')
    return isNumber(sequence) && Array.isArray(histograms) && histograms.every(isHistogram)
      ? (value as BucketsHeader)
      : undefined;
  if (
    !isNumber(sequence) ||
    !Array.isArray(measures) ||
    !measures.every(isText) ||
    !Array.isArray(owners) ||
    !owners.every((owner) => isOwner(owner, measures.length))
  )
    return undefined;
  if (kind === 'points') return value as PointsHeader;
  return kind === 'minute' && isNumber(minute) ? (value as MinuteHeader) : undefined;
}
