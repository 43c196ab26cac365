/** The closed protocol between the host and the chart page. What does not fit a guard is ignored by the side that got it. */
import type { ChartBand, ChartData, ChartDistribution, ChartEngine, ChartIncrement, ChartSeries } from './chartData';

/** The windows that can be chosen, in minutes. */
export const windows = [5, 15, 60] as const;

/** What a person chose to see; kept per workspace. */
export interface ViewOptions {
  minutes: (typeof windows)[number];
  engines: 'aggregate' | 'each';
  /** Catalog ids (a band: `id:band`) whose lines are not drawn. */
  muted: string[];
}

export const defaultOptions: ViewOptions = { minutes: 15, engines: 'aggregate', muted: [] };

/** Lines a plot can show and still be read. */
export const ENGINE_LIMIT = 16;

/** What the page has drawn; for tests in a real VS Code. */
export interface DrawnReport {
  plots: { id: string; series: number; points: number }[];
  /** The text colour it was drawn in: differs between themes. */
  foreground: string;
}

//#region host → page
/** Everything there is; replaces what the page had. `now` is the host's clock, which may differ from the page's. */
export interface SnapshotMessage { type: 'snapshot'; data: ChartData; now: number }
/** What one scrape added. */
export interface AppendMessage { type: 'append'; data: ChartIncrement; now: number }
/** Words for a page that has nothing to draw. */
export interface StatusMessage { type: 'status'; words: string }
/** The choices of this workspace. */
export interface OptionsMessage { type: 'options'; options: ViewOptions }

export type ToPage = SnapshotMessage | AppendMessage | StatusMessage | OptionsMessage;
//#endregion

//#region page → host
/** The page listens: send everything. */
export interface ReadyMessage { type: 'ready' }
/** A person changed the view: remember it. */
export interface SetOptionsMessage { type: 'setOptions'; options: ViewOptions }
/** After drawing, at most once a second. */
export interface DrawnMessage { type: 'drawn'; report: DrawnReport }

export type ToHost = ReadyMessage | SetOptionsMessage | DrawnMessage;
//#endregion

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isCount = (value: unknown): value is number => isNumber(value) && Number.isInteger(value) && value >= 0;
const isList = <T>(value: unknown, item: (entry: unknown) => entry is T): value is T[] => Array.isArray(value) && value.every(item);

/** Numbers that rise. */
function isRising(value: unknown): value is number[] {
  return isList(value, isNumber) && value.every((time, index) => index === 0 || time > (value[index - 1] ?? Infinity));
}

const isEngine = (value: unknown): value is ChartEngine => isFields(value) && isText(value['id']) && isText(value['name']);
const isEngineOrNone = (value: unknown): boolean => value === undefined || isEngine(value);

function isSeries(value: unknown): value is ChartSeries {
  if (!isFields(value) || !isText(value['measure']) || !isRising(value['at']) || !isEngineOrNone(value['engine'])) return false;
  const { at } = value;
  const isColumn = (column: unknown): boolean =>
    isList(column, (entry): entry is number | null => entry === null || isNumber(entry)) && column.length === at.length;
  return isColumn(value['value']) && ['lowest', 'highest'].every((key) => value[key] === undefined || isColumn(value[key]));
}

function isBand(value: unknown): value is ChartBand {
  return isFields(value) && ['phase', 'state', 'reset'].some((kind) => kind === value['kind']) && isEngineOrNone(value['engine'])
    && isNumber(value['from']) && (value['to'] === undefined || isNumber(value['to'])) && isText(value['label']);
}

function isDistribution(value: unknown): value is ChartDistribution {
  if (!isFields(value) || !isText(value['histogram']) || !isRising(value['bounds']) || !isRising(value['to'])) return false;
  const { bounds, from, to, counts } = value;
  const isRow = (row: unknown): row is number[] => isList(row, isNumber) && row.length === bounds.length + 1 && row.every((count) => count >= 0);
  return isList(from, isNumber) && from.length === to.length && isList(counts, isRow) && counts.length === to.length;
}

function isChartData(value: unknown): value is ChartData {
  return isFields(value) && isList(value['series'], isSeries) && isList(value['bands'], isBand) && isCount(value['engines'])
    && (value['distributions'] === undefined || isList(value['distributions'], isDistribution));
}

/** Whether a value, of a message or from storage, holds usable choices. */
export function isViewOptions(value: unknown): value is ViewOptions {
  return isFields(value) && windows.some((minutes) => minutes === value['minutes'])
    && (value['engines'] === 'aggregate' || value['engines'] === 'each') && isList(value['muted'], isText) && value['muted'].length <= 100;
}

function isReport(value: unknown): value is DrawnReport {
  const isPlot = (plot: unknown): plot is DrawnReport['plots'][number] =>
    isFields(plot) && isText(plot['id']) && isCount(plot['series']) && isCount(plot['points']);
  return isFields(value) && isList(value['plots'], isPlot) && isText(value['foreground']);
}

const toPage: Record<ToPage['type'], (message: Fields) => boolean> = {
  snapshot: (message) => isChartData(message['data']) && isNumber(message['now']),
  append: (message) => isChartData(message['data']) && isNumber(message['now']),
  status: (message) => isText(message['words']),
  options: (message) => isViewOptions(message['options']),
};

const toHost: Record<ToHost['type'], (message: Fields) => boolean> = {
  ready: () => true,
  setOptions: (message) => isViewOptions(message['options']),
  drawn: (message) => isReport(message['report']),
};

function fits(message: unknown, guards: Record<string, (message: Fields) => boolean>): boolean {
  if (!isFields(message) || !isText(message['type']) || !Object.hasOwn(guards, message['type'])) return false;
  return guards[message['type']]?.(message) ?? false;
}

/** Whether the page may act on what it got. */
export function isToPage(message: unknown): message is ToPage {
  return fits(message, toPage);
}

/** Whether the host may act on what it got. */
export function isToHost(message: unknown): message is ToHost {
  return fits(message, toHost);
}
