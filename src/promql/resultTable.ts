/** The data of a result as lines of text: a table of samples, a summary of each series of a range, or one value. */
import type { InstantSample, LabelSet, NativeHistogram, QueryData, RangeSeries } from '../prometheus/responseData';
import type { Unit } from '../shared/format';
import type { SlicedWork } from '../shared/timeSlice';
import { engineLimit } from '../shared/viewOptions';
import { escapeControlChars, labelTable } from './textTable';
import { sampleText } from './sampleText';

/** Rows of a document: an editor stays responsive, and people do not read more. */
export const maxRows = 1000;

/** Lines for the data of a result. `query` decides the order of samples, `unit` how values are formatted. */
export function* dataLines(data: QueryData, query: string, unit: Unit | undefined): SlicedWork<string[]> {
  if (data.type === 'vector') return vectorLines(data.samples, query, unit);
  if (data.type === 'matrix') return yield* matrixLines(data.series, unit);
  return [data.type === 'scalar' ? sampleText(data.value, unit) : escapeControlChars(data.text)];
}

const noSeriesLines = [
  'No series. At this time the server has nothing with these names and labels; completion lists what it has.',
];

function vectorLines(samples: readonly InstantSample[], query: string, unit: Unit | undefined): string[] {
  if (samples.length === 0) return noSeriesLines;
  const rows = sortSamples(samples, query)
    .slice(0, maxRows)
    .map(({ labels, value, histogram }) => ({
      labels,
      values: [histogram ? histogramText(histogram) : sampleText(value ?? NaN, unit)],
    }));
  return [...labelTable(rows, ['value']), ...limitLines(samples.length)];
}

/** The largest value first; the server's order if the query itself sorts. */
function sortSamples(samples: readonly InstantSample[], query: string): InstantSample[] {
  if (/\b(?:sort|sort_desc|sort_by_label|sort_by_label_desc|topk|bottomk)\s*(?:by|without)?\s*\(/.test(query))
    return [...samples];
  const sortValue = ({ value }: InstantSample): number =>
    value === undefined || Number.isNaN(value) ? -Infinity : value;
  // Only the rows that are shown are sorted: there may be hundreds of thousands.
  const least = Float64Array.from(samples, sortValue).sort()[samples.length - maxRows] ?? -Infinity;
  const shown = samples.filter((sample) => sortValue(sample) >= least);
  // Compared, not subtracted: the difference of two infinities is NaN.
  return shown.sort((a, b) => (sortValue(a) === sortValue(b) ? 0 : sortValue(b) > sortValue(a) ? 1 : -1));
}

function histogramText({ count, sum, buckets }: NativeHistogram): string {
  const bucketText = `${buckets.length.toLocaleString('en')} ${buckets.length === 1 ? 'bucket' : 'buckets'}`;
  return `histogram: ${sampleText(count, undefined)} observations, sum ${sampleText(sum, undefined)}, ${bucketText}`;
}

function* matrixLines(series: readonly RangeSeries[], unit: Unit | undefined): SlicedWork<string[]> {
  if (series.length === 0) return noSeriesLines;
  const rows: { labels: LabelSet; values: string[] }[] = [];
  for (const one of series.slice(0, maxRows)) {
    rows.push({ labels: one.labels, values: summarize(one, unit) });
    yield;
  }
  const plottedLines =
    series.length > engineLimit ? ['', `Plotted: the ${engineLimit} series whose last value is highest.`] : [];
  return [
    ...labelTable(rows, ['points', 'lowest', 'mean', 'highest', 'last']),
    ...limitLines(series.length),
    ...plottedLines,
  ];
}

/** Points, lowest, mean, highest and last value of a series; NaN counts for the last value only. */
function summarize({ value: values, histograms }: RangeSeries, unit: Unit | undefined): string[] {
  let [lowest, highest, sum, count] = [Infinity, -Infinity, 0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
    sum += value;
    count += 1;
  }
  const text = (value: number): string => (count === 0 ? '–' : sampleText(value, unit));
  return [
    histograms > 0 ? `${values.length} + ${histograms} histograms` : String(values.length),
    text(lowest),
    text(sum / count),
    text(highest),
    values.length === 0 ? '–' : sampleText(values.at(-1) ?? NaN, unit),
  ];
}

/** Says how many series are left out, if any. */
function limitLines(count: number): string[] {
  if (count <= maxRows) return [];
  const [rowText, totalText] = [maxRows, count].map((number) => number.toLocaleString('en'));
  return ['', `Shown: ${rowText} of ${totalText} series. CSV and JSON have all of them.`];
}
