/** Makes journal entries from what is new in a history. */
import type { HistogramRows } from './distributionHistory';
import type { History } from './history';
import type { BucketsHeader, MinuteHeader, PointsHeader, SeriesHeader } from './journalHeader';
import { roundTo } from './packedNumbers';
import type { SubjectHistory } from './subjectHistory';

/** A header before the journal numbers it. */
type NewHeader<Header> = Omit<Header, 'sequence'>;

/**
 * Lists the series of a history that have rows, as a header does. `addRows` adds a series' rows and returns their
 * number.
 */
function listSeries(
  history: History,
  addRows: (subjectHistory: SubjectHistory, slot: number) => number,
): Pick<SeriesHeader, 'measures' | 'owners' | 'nodes'> {
  const indexByMeasure = new Map<string, number>();
  const owners: SeriesHeader['owners'] = [];
  const nodes: (string | null)[] = [];
  for (const subjectHistory of history.subjectHistories) {
    const series: [measure: number, rows: number][] = [];
    for (const [measure, slot] of subjectHistory.slots) {
      const rows = addRows(subjectHistory, slot);
      if (rows === 0) continue;
      if (!indexByMeasure.has(measure)) indexByMeasure.set(measure, indexByMeasure.size);
      series.push([indexByMeasure.get(measure) ?? 0, rows]);
    }
    if (series.length === 0) continue;
    const { id = null, name = '', node = null, nonEngine } = subjectHistory.subject ?? {};
    nodes.push(node);
    owners.push(nonEngine ? [id, name, series, 'part'] : [id, name, series]);
  }
  return { measures: [...indexByMeasure.keys()], owners, nodes };
}

/** The points that are not on disk; they count as written from now on. Undefined if there is none. `at`: Unix ms. */
export function takePointsEntry(
  history: History,
  at: number,
): { header: NewHeader<PointsHeader>; body: Float64Array } | undefined {
  const body: number[] = [];
  const series = listSeries(history, ({ points, subject }, slot) => {
    const columns: [number[], number[], number[], number[]] = [[], [], [], []];
    points.visitUnwritten(slot, (...row) => row.forEach((number, index) => columns[index]?.push(number)));
    for (const column of subject ? columns.slice(0, 2) : columns) body.push(...column);
    return columns[0].length;
  });
  for (const { points } of history.subjectHistories) points.markWritten();
  return body.length === 0 ? undefined : { header: { kind: 'points', at, ...series }, body: Float64Array.from(body) };
}

/**
 * The minutes before `before` (since 1970) in which something is new, one entry each; they count as written from now
 * on.
 */
export function takeMinuteEntries(
  history: History,
  at: number,
  before: number,
): { header: NewHeader<MinuteHeader>; body: Float32Array }[] {
  const { changes } = history;
  const minutes = [...changes.minutes].filter((minute) => minute < before).sort((a, b) => a - b);
  const entries: { header: NewHeader<MinuteHeader>; body: Float32Array }[] = [];
  for (const minute of minutes) {
    changes.minutes.delete(minute);
    const body: number[] = [];
    // What is rounded in memory would be longer in files than there is room for a day.
    const digits = history.packing.minuteDigits;
    const series = listSeries(history, (subjectHistory, slot) => {
      let rows = 0;
      subjectHistory.minutes.visit(slot, minute, minute + 1, (_minute, mean, low, high) => {
        for (const number of [mean, low, high]) body.push(roundTo(number, subjectHistory.subject ? digits : 24));
        rows = 1;
      });
      return rows;
    });
    if (body.length === 0) continue;
    // The first entry that is written says how far the clock went back; a minute may be empty.
    const { truncatedAfter } = changes;
    const back = entries.length === 0 && truncatedAfter !== undefined ? { back: truncatedAfter } : {};
    entries.push({ header: { kind: 'minute', at, minute, ...back, ...series }, body: Float32Array.from(body) });
  }
  if (entries.length > 0) changes.truncatedAfter = undefined;
  return entries;
}

/** Rows of histograms as an entry; undefined if there is none. */
export function toBucketsEntry(
  histograms: readonly HistogramRows[],
  at: number,
): { header: NewHeader<BucketsHeader>; body: Float64Array } | undefined {
  if (histograms.length === 0) return undefined;
  const body: number[] = [];
  for (const { rows } of histograms)
    for (const { from, to, counts } of rows) body.push(from, to, ...Array.from(counts));
  return {
    header: {
      kind: 'buckets',
      at,
      histograms: histograms.map(({ histogram, bounds, rows }) => [histogram, [...bounds], rows.length]),
    },
    body: Float64Array.from(body),
  };
}
