/** What a person chose to see in a chart; stored per workspace, by stable ids. */
import { isAbsentOr, isList, isObject, isOneOf, isShortList, isString } from './guards';

/** The time ranges that can be chosen, in minutes. */
export const rangeChoices = [5, 15, 60, 360, 1440] as const;
/** One of `rangeChoices`. */
export type RangeMinutes = (typeof rangeChoices)[number];

/**
 * Orders of a heat map's rows: by node and then name, or the highest first, by the newest value or by the mean of the
 * time range.
 */
export const engineOrders = ['node', 'value', 'mean'] as const;
/** One of `engineOrders`. */
export type EngineOrder = (typeof engineOrders)[number];

/** The choices of one chart. */
export interface ViewOptions {
  minutes: RangeMinutes;
  /** Show no more time than there is data, as long as that is less than `minutes`. Absent, as in older versions: off. */
  fit?: boolean;
  /** Catalog ids. One that is not in the catalog is kept, but not shown. */
  measures: string[];
  /** Histograms whose buckets are shown over time, by the beginning of their rows' ids. */
  distributions: string[];
  /** The aggregate over the engines, every engine, or the engines with these ids. */
  engines: 'aggregate' | 'each' | string[];
  /** Metrics of one unit share a plot, or each has its own. */
  layout: 'overlay' | 'split';
  /** Lines, their values as a table, or a heat map of each metric, in which every engine has a row. */
  form: 'plots' | 'table' | 'heatmap';
  /** Order of the rows of a heat map. Absent, as in older versions: by node. */
  engineOrder?: EngineOrder;
  /** Lines that are hidden: a catalog id, or `id:band`. */
  muted: string[];
}

/** What a chart shows at first: one plot each for cache, load and rates. */
export const defaultViewOptions: ViewOptions = {
  minutes: 15,
  fit: true,
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

/** Most lines that a plot shows: more could not be told apart. A heat map shows all engines. */
export const engineLimit = 16;

/** Most engines that can be selected. */
const maxSelectedEngines = 2_000;

const isEngineList = (value: unknown): value is string[] =>
  isList(value, isString) && value.length <= maxSelectedEngines;

/** Most rows of a series that the page gets at once: it has fewer pixels. */
export const pointLimit = 4_000;
/** The same for each engine of a heat map: all minutes of a day. */
export const heatmapPointLimit = 1_500;

/** The subjects that a chart shows: a heat map never shows the aggregate. */
export const shownSubjects = ({ form, engines }: Pick<ViewOptions, 'form' | 'engines'>): ViewOptions['engines'] =>
  form === 'heatmap' && engines === 'aggregate' ? 'each' : engines;

/** Whether a value, from a message or from storage, is a valid set of choices. */
export function isViewOptions(value: unknown): value is ViewOptions {
  return (
    isObject(value) &&
    isOneOf(value['minutes'], rangeChoices) &&
    isAbsentOr(value['fit'], (fit) => typeof fit === 'boolean') &&
    isShortList(value['measures']) &&
    isShortList(value['distributions']) &&
    (isOneOf(value['engines'], ['aggregate', 'each']) || isEngineList(value['engines'])) &&
    isOneOf(value['layout'], ['overlay', 'split']) &&
    isOneOf(value['form'], ['plots', 'table', 'heatmap']) &&
    isAbsentOr(value['engineOrder'], (order) => isOneOf(order, engineOrders)) &&
    isShortList(value['muted'])
  );
}

/** A time range as people read it: `15 min`, `1 h`. */
export function formatRangeMinutes(minutes: RangeMinutes): string {
  return minutes < 60 ? `${minutes} min` : `${minutes / 60} h`;
}
