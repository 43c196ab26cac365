/** A range result as what the chart's page draws: each series a line, gaps where the server had nothing. */
import type { RangeSeries } from '../prometheus/responseData';
import type { ChartSeries } from '../shared/chartData';
import { labelText, splitLabels } from './textTable';

/** What the page calls the one metric it draws. */
export const plotMeasure = 'query';

export interface PlotData {
  series: ChartSeries[];
  /** Series of the answer, also where fewer are drawn. */
  seriesCount: number;
}

/** A step that is missing is a gap, not a line across it; what is no finite number cannot be drawn. */
function columns({ at, value }: RangeSeries, stepMs: number): Pick<ChartSeries, 'at' | 'value'> {
  const times: number[] = [];
  const values: (number | null)[] = [];
  at.forEach((time, index) => {
    const before = at[index - 1];
    if (before !== undefined && time - before > 1.5 * stepMs) {
      times.push(before + stepMs);
      values.push(null);
    }
    const one = value[index] ?? NaN;
    times.push(time);
    values.push(Number.isFinite(one) ? one : null);
  });
  return { at: times, value: values };
}

const last = ({ value }: RangeSeries): number => value.findLast((one) => !Number.isNaN(one)) ?? -Infinity;

/** Ray's ids are as long as a line; their beginnings tell them apart. */
const short = (text: string): string => (/^[0-9a-f]{32,}$/.test(text) ? `${text.slice(0, 8)}…` : text);

/** Names tell series apart and no more: the first label that does it alone, else all that differ. */
function namesOf(series: readonly RangeSeries[]): string[] {
  const { columns: labels } = splitLabels(series.map((one) => one.labels));
  const valueOf = (one: RangeSeries, label: string): string =>
    Object.hasOwn(one.labels, label) ? (one.labels[label] ?? '') : '';
  const alone = labels.find((label) => new Set(series.map((one) => short(valueOf(one, label)))).size === series.length);
  if (alone !== undefined) return series.map((one) => short(valueOf(one, alone)));
  return series.map((one) =>
    labelText(
      labels.filter((label) => Object.hasOwn(one.labels, label)).map((label) => [label, short(valueOf(one, label))]),
    ),
  );
}

/** At most `most` lines, those whose last value is highest. A single series is drawn without a name. */
export function buildPlotData(all: readonly RangeSeries[], stepMs: number, most: number): PlotData {
  const drawn = all.length > most ? [...all].sort((a, b) => last(b) - last(a)).slice(0, most) : all;
  const names = namesOf(drawn);
  const series = drawn.map((one, index): ChartSeries => ({
    measure: plotMeasure,
    ...(all.length > 1 && { engine: { id: String(index), name: names[index] || String(index) } }),
    ...columns(one, stepMs),
  }));
  return { series, seriesCount: all.length };
}
