/** A range result as the data of the chart's page: one line per series, with gaps where the server has no sample. */
import type { RangeSeries } from '../prometheus/responseData';
import type { ChartSeries } from '../shared/chartData';
import { labelText, splitLabels } from './textTable';

/** ID under which the page knows the one metric that it draws. */
export const plotMeasure = 'query';

/** What the page draws of a result. */
export interface PlotData {
  series: ChartSeries[];
  /** Number of series in the result; not all of them may be drawn. */
  seriesCount: number;
}

/** Times (Unix ms) and values of a series. A missing step and a value that is not finite are gaps (`null`). */
function columns({ at, value }: RangeSeries, stepMs: number): Pick<ChartSeries, 'at' | 'value'> {
  const times: number[] = [];
  const values: (number | null)[] = [];
  at.forEach((time, index) => {
    const previous = at[index - 1];
    if (previous !== undefined && time - previous > 1.5 * stepMs) {
      times.push(previous + stepMs);
      values.push(null);
    }
    const sample = value[index] ?? NaN;
    times.push(time);
    values.push(Number.isFinite(sample) ? sample : null);
  });
  return { at: times, value: values };
}

const lastValue = ({ value }: RangeSeries): number => value.findLast((sample) => !Number.isNaN(sample)) ?? -Infinity;

/** Ray's IDs have 56 digits; the first eight tell them apart. */
const shortenId = (text: string): string => (/^[0-9a-f]{32,}$/.test(text) ? `${text.slice(0, 8)}…` : text);

/** Names that tell series apart: by the first label that does so alone, else by all labels that differ. */
function seriesNames(series: readonly RangeSeries[]): string[] {
  const labels = splitLabels(series.map((one) => one.labels))?.columns ?? [];
  const valueOf = (one: RangeSeries, label: string): string =>
    shortenId(Object.hasOwn(one.labels, label) ? (one.labels[label] ?? '') : '');
  const distinctLabel = labels.find(
    (label) => new Set(series.map((one) => valueOf(one, label))).size === series.length,
  );
  if (distinctLabel !== undefined) return series.map((one) => valueOf(one, distinctLabel));
  return series.map((one) =>
    labelText(labels.filter((label) => Object.hasOwn(one.labels, label)).map((label) => [label, valueOf(one, label)])),
  );
}

/** The data of at most `maxLines` lines, those with the highest last value. A single series has no name. */
export function buildPlotData(result: readonly RangeSeries[], stepMs: number, maxLines: number): PlotData {
  const selected =
    result.length > maxLines ? [...result].sort((a, b) => lastValue(b) - lastValue(a)).slice(0, maxLines) : result;
  const names = seriesNames(selected);
  const series = selected.map((one, index): ChartSeries => ({
    measure: plotMeasure,
    ...(result.length > 1 && { engine: { id: String(index), name: names[index] || String(index) } }),
    ...columns(one, stepMs),
  }));
  return { series, seriesCount: result.length };
}
