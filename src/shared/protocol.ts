/** The closed protocol between the host and the chart page. What does not fit a guard is ignored by the side that got it. */
import type { ChartData, ChartSubject, ChartIncrement } from './chartData';
import { isChartData, isChartSubject } from './chartGuards';
import { isChartRow, type ChartRow } from './chartRow';
import { isAbsentOr, isCount, isFields, isList, isNumber, isOneOf, isString, type Fields } from './guards';
import { isViewOptions, type ViewOptions } from './viewOptions';

/** A stretch of time, Unix ms by the host's clock. */
export interface TimeRange {
  from: number;
  to: number;
}

/** What the page has drawn, and of which time. */
export interface DrawnReport extends TimeRange {
  plots: { id: string; series: number; points: number }[];
  /** The text colour it was drawn in: differs between themes. */
  foreground: string;
}

/** A PNG, as base64; some megabytes at most. */
const maxPictureLength = 40_000_000;

//#region host → page
/** Everything there is of what is shown; replaces what the page had. `now` is the host's clock, which may differ from the page's. */
export interface SnapshotMessage {
  type: 'snapshot';
  data: ChartData;
  now: number;
}
/** What one scrape added. */
export interface AppendMessage {
  type: 'append';
  data: ChartIncrement;
  now: number;
}
/** Words for a page that has nothing to draw. */
export interface StatusMessage {
  type: 'status';
  message: string;
}
/** The choices of this workspace. */
export interface OptionsMessage {
  type: 'options';
  options: ViewOptions;
}
/** What can be chosen. */
export interface ChoicesMessage {
  type: 'choices';
  rows: ChartRow[];
  engines: ChartSubject[];
}
/** Asks for a picture. */
export interface PictureRequestMessage {
  type: 'capture';
  request: number;
}

export type ToPage =
  SnapshotMessage | AppendMessage | StatusMessage | OptionsMessage | ChoicesMessage | PictureRequestMessage;
//#endregion

//#region page → host
/** The page listens: send everything. */
export interface ReadyMessage {
  type: 'ready';
}
/** A person changed the view: remember it, and send what it now shows. */
export interface SetOptionsMessage {
  type: 'setOptions';
  options: ViewOptions;
}
/** A person looks at a stretch of time more closely, or, without `range`, at the whole window again. */
export interface ZoomMessage {
  type: 'zoom';
  range?: TimeRange;
}
/** After drawing, at most once a second. */
export interface DrawnMessage {
  type: 'drawn';
  report: DrawnReport;
}
/** A person wants what is shown as a file, or its queries on the clipboard. */
export interface SaveMessage {
  type: 'take';
  what: 'csv' | 'png' | 'promql';
}
/** The host sent what is not of the protocol. */
export interface IgnoredMessage {
  type: 'ignored';
}
/** The answer to `capture`. */
export interface PictureMessage {
  type: 'picture';
  request: number;
  png: string;
}

export type ToHost =
  ReadyMessage | SetOptionsMessage | ZoomMessage | DrawnMessage | SaveMessage | IgnoredMessage | PictureMessage;
//#endregion

const isRange = (value: unknown): value is TimeRange =>
  isFields(value) && isNumber(value['from']) && isNumber(value['to']) && value['from'] < value['to'];

function isReport(value: unknown): value is DrawnReport {
  const isPlot = (plot: unknown): plot is DrawnReport['plots'][number] =>
    isFields(plot) && isString(plot['id']) && isCount(plot['series']) && isCount(plot['points']);
  return isRange(value) && isFields(value) && isList(value['plots'], isPlot) && isString(value['foreground']);
}

const isPng = (value: unknown): boolean =>
  isString(value) && value.length <= maxPictureLength && /^[A-Za-z0-9+/]*={0,2}$/.test(value);

const pageMessageGuards: Record<ToPage['type'], (message: Fields) => boolean> = {
  snapshot: (message) => isChartData(message['data']) && isNumber(message['now']),
  append: (message) => isChartData(message['data']) && isNumber(message['now']),
  status: (message) => isString(message['message']),
  options: (message) => isViewOptions(message['options']),
  choices: (message) => isList(message['rows'], isChartRow) && isList(message['engines'], isChartSubject),
  capture: (message) => isCount(message['request']),
};

const hostMessageGuards: Record<ToHost['type'], (message: Fields) => boolean> = {
  ready: () => true,
  setOptions: (message) => isViewOptions(message['options']),
  zoom: (message) => isAbsentOr(message['range'], isRange),
  drawn: (message) => isReport(message['report']),
  take: (message) => isOneOf(message['what'], ['csv', 'png', 'promql']),
  ignored: () => true,
  picture: (message) => isCount(message['request']) && isPng(message['png']),
};

function isValidMessage(message: unknown, guards: Record<string, (message: Fields) => boolean>): boolean {
  if (!isFields(message) || !isString(message['type']) || !Object.hasOwn(guards, message['type'])) return false;
  return guards[message['type']]?.(message) ?? false;
}

/** Whether the page may act on what it got. */
export function isToPage(message: unknown): message is ToPage {
  return isValidMessage(message, pageMessageGuards);
}

/** Whether the host may act on what it got. */
export function isToHost(message: unknown): message is ToHost {
  return isValidMessage(message, hostMessageGuards);
}
