/**
 * The headers of the entries in history files, and their guards. Field names and kinds are those of the stored format.
 */
import type { EngineRole } from '../api';
import type { ChartBand, ChartSubject } from '../shared/chartData';
import { isAscending, isChartBand } from '../shared/chartGuards';
import type { WorkTotals } from '../metrics/workCounters';
import { isAbsentOr, isCount, isList, isNumber, isObject, isString, type JsonObject } from '../shared/guards';

/**
 * A subject: its id (null for the aggregate), its name, and for each of its series the index of the measure and the
 * number of rows. `part`: it is not an engine.
 */
type SubjectHeader = [id: string | null, name: string, series: [measure: number, rows: number][], kind?: 'part'];

/** The subject of a header; undefined for the aggregate. `node` is the address of its node. */
export const subjectOfHeader = (
  [id, name, , kind]: SubjectHeader,
  node: string | null | undefined,
): ChartSubject | undefined =>
  id === null ? undefined : { id, name, ...(isString(node) && { node }), ...(kind === 'part' && { nonEngine: true }) };

/** What headers of series have in common. */
export interface SeriesHeader {
  /** When it was written, Unix ms. */
  at: number;
  /** Number of the entry among those of its window. */
  sequence: number;
  /** Catalog ids. */
  measures: string[];
  owners: SubjectHeader[];
  /** Addresses of the nodes of `owners`, null if unknown. Absent in files of older versions. */
  nodes?: (string | null)[];
}

/** Points. The body has series by series: times, values, and for the aggregate lowest and highest. */
export interface PointsHeader extends SeriesHeader {
  kind: 'points';
}

/** One minute. The body has for each series mean, lowest and highest. */
export interface MinuteHeader extends SeriesHeader {
  kind: 'minute';
  /** Counted since 1970. */
  minute: number;
  /** Set if the clock had gone back: minutes after this one that were written before do not count. */
  back?: number;
}

/**
 * Rows of histograms. The body has row by row: beginning, end, and the counts of the buckets. In a file of minutes they
 * are the last rows of minutes.
 */
export interface BucketsHeader {
  kind: 'buckets';
  at: number;
  sequence: number;
  histograms: [histogram: string, bounds: number[], rows: number][];
}

/** Bands as they are at the time of writing; there is no body. */
interface BandsHeader {
  kind: 'marks';
  at: number;
  bands: ChartBand[];
}

/** An engine of a header of work: its id, its name, its number of rows, and what its lane must remember to continue. */
export type WorkEngineHeader = [
  id: string,
  name: string,
  rows: number,
  state: {
    firstAt: number;
    readAt: number;
    closedAt: number | null;
    lagMs: number;
    totals: WorkTotals;
    role?: EngineRole;
  },
];

/**
 * The engines' work. The body has engine by engine its rows, then the points of the generation rate as pairs of time and
 * value. A version that does not know this kind skips it.
 */
export interface WorkHeader {
  kind: 'work';
  at: number;
  sequence: number;
  /** Set if the clock had gone back: what was written before of the time after this one does not count. */
  back?: number;
  /** Numbers of a row. */
  width: number;
  engines: WorkEngineHeader[];
  phases: [name: string, beginAfter: number | null, beginBefore: number, readAt: number][];
  /** The last reading of a phase; null if there was none. */
  phasesReadAt: number | null;
  /** Number of points of the generation rate. */
  rates: number;
}

/** Any header. */
export type EntryHeader = PointsHeader | MinuteHeader | BucketsHeader | BandsHeader | WorkHeader;

/** Checks a decoded header; undefined if it is not one. */
export function parseHeader(value: unknown): EntryHeader | undefined {
  if (!isObject(value) || !isNumber(value['at'])) return undefined;
  const { kind, bands, sequence, histograms, minute } = value;
  if (kind === 'marks') return Array.isArray(bands) && bands.every(isChartBand) ? asHeader(value) : undefined;
  if (!isNumber(sequence)) return undefined;
  if (kind === 'buckets')
    return Array.isArray(histograms) && histograms.every(isHistogramHeader) ? asHeader(value) : undefined;
  if (kind === 'work') return isWorkHeader(value) ? asHeader(value) : undefined;
  const hasSeries = kind === 'points' || (kind === 'minute' && isNumber(minute));
  return hasSeries && isSeriesHeader(value) ? asHeader(value) : undefined;
}

const asHeader = (value: JsonObject): EntryHeader => value as unknown as EntryHeader;

function isSeriesHeader({ measures, owners, nodes }: JsonObject): boolean {
  return (
    isAbsentOr(nodes, (list) => isList(list, isStringOrNull)) &&
    Array.isArray(measures) &&
    measures.every(isString) &&
    Array.isArray(owners) &&
    owners.every((owner) => isSubjectHeader(owner, measures.length))
  );
}

const isStringOrNull = (value: unknown): value is string | null => value === null || isString(value);

function isSubjectHeader(value: unknown, measureCount: number): boolean {
  if (!Array.isArray(value)) return false;
  const [id, name, series, kind] = value as unknown[];
  return (
    (id === null || isString(id)) &&
    isString(name) &&
    (kind === undefined || kind === 'part') &&
    Array.isArray(series) &&
    series.every((entry: unknown) => {
      if (!Array.isArray(entry)) return false;
      const [measure, rows] = entry as unknown[];
      return isNumber(measure) && measure >= 0 && measure < measureCount && isNumber(rows) && rows >= 0;
    })
  );
}

function isWorkHeader({ back, width, engines, phases, phasesReadAt, rates }: JsonObject): boolean {
  return (
    isAbsentOr(back, isNumber) &&
    isNumber(width) &&
    isList(engines, isWorkEngineHeader) &&
    isList(phases, isPhaseHeader) &&
    (phasesReadAt === null || isNumber(phasesReadAt)) &&
    isCount(rates)
  );
}

function isWorkEngineHeader(value: unknown): value is WorkEngineHeader {
  if (!Array.isArray(value)) return false;
  const [id, name, rows, state] = value as unknown[];
  if (!isString(id) || !isString(name) || !isCount(rows) || !isObject(state)) return false;
  const { firstAt, readAt, closedAt, lagMs, totals, role } = state;
  return (
    [firstAt, readAt, lagMs].every(isNumber) &&
    (closedAt === null || isNumber(closedAt)) &&
    (role === undefined || role === 'prefill' || role === 'decode') &&
    isObject(totals) &&
    Object.values(totals).every(isNumber)
  );
}

function isPhaseHeader(value: unknown): value is WorkHeader['phases'][number] {
  if (!Array.isArray(value)) return false;
  const [name, beginAfter, beginBefore, readAt] = value as unknown[];
  return isString(name) && (beginAfter === null || isNumber(beginAfter)) && isNumber(beginBefore) && isNumber(readAt);
}

function isHistogramHeader(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const [histogram, bounds, rows] = value as unknown[];
  return isString(histogram) && isAscending(bounds) && isNumber(rows) && rows >= 0;
}
