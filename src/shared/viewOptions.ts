/** What a person chose to see in a chart; kept per workspace, by stable ids. */
import { isFields, isOneOf, isShortList } from './guards';

/** The windows that can be chosen, in minutes. */
export const rangeChoices = [5, 15, 60, 360, 1440] as const;
export type RangeMinutes = (typeof rangeChoices)[number];

export interface ViewOptions {
  minutes: RangeMinutes;
  /** Catalog ids. What is not in the catalog is not shown, and kept. */
  measures: string[];
  /** Histograms whose buckets are shown over time, by the base of their rows. */
  distributions: string[];
  /** The aggregate over the engines, every engine, or those with these ids. */
  engines: 'aggregate' | 'each' | string[];
  /** Metrics of one unit in one plot, or each in its own. */
  layout: 'overlay' | 'split';
  form: 'plots' | 'table';
  /** Keys of lines that are not drawn: a catalog id, or `id:band`. */
  muted: string[];
}

/** What a chart shows before anybody chose: one plot each for cache, load and rates. */
export const defaultViewOptions: ViewOptions = {
  minutes: 15,
  measures: [
    'kv_cache_usage_perc',
    'num_requests_running',
    'num_requests_waiting',
    'generation_throughput_tok_s',
    'prompt_throughput_tok_s',
  ],
  distributions: [],
  engines: 'aggregate',
  layout: 'overlay',
  form: 'plots',
  muted: [],
};

/** Lines a plot can show and still be read. */
export const engineLimit = 16;

/** Rows of a series that a page gets at once; it draws fewer pixels. */
export const pointLimit = 4_000;

/** Whether a value, of a message or from storage, holds usable choices. */
export function isViewOptions(value: unknown): value is ViewOptions {
  return (
    isFields(value) &&
    isOneOf(value['minutes'], rangeChoices) &&
    isShortList(value['measures']) &&
    isShortList(value['distributions']) &&
    (isOneOf(value['engines'], ['aggregate', 'each']) || isShortList(value['engines'])) &&
    isOneOf(value['layout'], ['overlay', 'split']) &&
    isOneOf(value['form'], ['plots', 'table']) &&
    isShortList(value['muted'])
  );
}

/** `15 min`, `1 h`. */
export function formatRangeMinutes(minutes: RangeMinutes): string {
  return minutes < 60 ? `${minutes} min` : `${minutes / 60} h`;
}
