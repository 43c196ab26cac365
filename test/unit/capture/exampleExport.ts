/** An export of measures that tests write and read. */
import {
  measureLines,
  type ExportedMeasures,
  type ExportFormat,
  type ExportHeader,
} from '../../../src/capture/exportLines';
import type { ChartData } from '../../../src/shared/chartData';

/** Time of the first row. */
export const at = Date.UTC(2026, 10, 25, 21, 0, 0);
const engine = { id: '=HYPERLINK("x")', name: 'engine 0, "north"' };
/** Measures with gaps, a spread and text that must be escaped. */
export const data: ChartData = {
  engineCount: 1,
  series: [
    {
      measure: 'kv_cache_usage_perc',
      at: [at, at + 1, at + 10_000],
      value: [0.5, null, 0],
      lowest: [0.25, null, 0],
      highest: [0.5, null, 0],
    },
    { measure: 'kv_cache_usage_perc', engine, at: [at, at + 10_000], value: [0.5, 1e-7] },
    { measure: 'num_requests_running', engine, at: [at], value: [3], lowest: [1], highest: [7] },
  ],
  bands: [
    { kind: 'phase', from: at, to: at + 5000, label: 'run_training' },
    { kind: 'reset', from: at + 6000, label: 'reset', engine },
  ],
};
/** Header of an export of `data`. */
export const header: ExportHeader = {
  skyrl_metrics_export: 1,
  of: 'measures',
  from: at,
  to: at + 10_000,
  made: at + 20_000,
};
/** The export as text. */
export const exportText = (format: ExportFormat, of: ChartData = data): string =>
  [
    ...measureLines(
      { header, data: exported(of), unitOf: (id) => (id.startsWith('kv') ? 'fraction' : 'requests') },
      format,
    ),
  ].join('');

const exported = ({ series, bands }: ChartData): ExportedMeasures => ({
  measures: [...new Set(series.map(({ measure }) => measure))],
  subjects: [...new Map(series.flatMap(({ engine }) => (engine ? [[engine.id, engine] as const] : []))).values()],
  bands,
  series,
});

const siblings = (
  name: string,
  labels: [string, string][],
): { name: string; labels: Map<string, string>; meta: unknown } => ({
  name,
  labels: new Map(labels),
  meta: undefined,
});
/** A bucket and a counter. */
export const series = [
  { group: siblings('vllm:x_bucket', [['__proto__', 'p']]), le: '+Inf' },
  { group: siblings('vllm:y', []), le: undefined },
];
