/** The messages between the host and the chart's page. Each side ignores a message that its guard refuses. */
import type { ChartData, ChartIncrement } from './chartData';
import { isChartData } from './chartGuards';
import { isChartRow, type ChartRow } from './chartRow';
import { isAbsentOr, isCount, isList, isNumber, isObject, isOneOf, isString, type JsonObject } from './guards';
import { isSubjectChoice, type SubjectChoice } from './subjectChoice';
import { isViewOptions, type ViewOptions } from './viewOptions';

/** A span of time, in Unix ms of the host's clock. */
export interface TimeRange {
  from: number;
  to: number;
}

/** What the page has drawn, and its time range. */
export interface DrawnReport extends TimeRange {
  plots: { id: string; series: number; points: number }[];
  /** The text colour that was used; it differs between themes. */
  foreground: string;
}

//#region host → page
/**
 * Everything that is to be shown; replaces what the page has. `now` is the host's clock, from which the page's may
 * differ.
 */
interface SnapshotMessage {
  type: 'snapshot';
  data: ChartData;
  now: number;
  /** Counts the snapshots of a page; the report of its drawing names it. */
  id?: number;
}
/** What one scrape added. */
interface AppendMessage {
  type: 'append';
  data: ChartIncrement;
  now: number;
}
/** The message that a page without data shows, and what a page with data says about what is not live. */
interface StatusMessage {
  type: 'status';
  message: string;
  /** Shown above the plots; absent or empty while they show the live run. */
  notice?: string;
}
/** The choices of this workspace. */
interface OptionsMessage {
  type: 'options';
  options: ViewOptions;
}
/** The metrics and engines that can be chosen. */
interface ChoicesMessage {
  type: 'choices';
  rows: ChartRow[];
  engines: SubjectChoice[];
}
/** Zooms in on a time range; a `ZoomMessage` follows. */
interface RangeMessage {
  type: 'range';
  range: TimeRange;
}
/** Requests a picture of the chart; a `PictureMessage` with the same number follows. */
interface PictureRequestMessage {
  type: 'capture';
  request: number;
}

/** A message to the page. */
export type ToPage =
  | SnapshotMessage
  | AppendMessage
  | StatusMessage
  | OptionsMessage
  | ChoicesMessage
  | RangeMessage
  | PictureRequestMessage;
//#endregion

//#region page → host
/** The page has loaded: send everything. */
interface ReadyMessage {
  type: 'ready';
}
/** A person changed the view: store the choices, and send the data they need. */
interface SetOptionsMessage {
  type: 'setOptions';
  options: ViewOptions;
}
/** A person zoomed in on a time range, or, without `range`, back out to the chosen one. */
interface ZoomMessage {
  type: 'zoom';
  range?: TimeRange;
}
/** Sent after drawing, at most once a second. */
interface DrawnMessage {
  type: 'drawn';
  report: DrawnReport;
  /** The `id` of the newest snapshot that is drawn; absent before the first one. */
  snapshot?: number;
}
/** A person wants the chart's data or picture as a file, or its queries on the clipboard. */
export interface SaveMessage {
  type: 'take';
  what: 'csv' | 'png' | 'promql';
}
/** A person clicked an engine: show it in the tree, too. */
interface SelectEngineMessage {
  type: 'selectEngine';
  /** `Engine.id`. */
  engine: string;
}
/** The page ignored a message that its guard refused. */
interface IgnoredMessage {
  type: 'ignored';
}
/** The picture that `capture` requested: a PNG as base64. */
interface PictureMessage {
  type: 'picture';
  request: number;
  png: string;
}

/** A message to the host. */
export type ToHost =
  | ReadyMessage
  | SetOptionsMessage
  | ZoomMessage
  | DrawnMessage
  | SaveMessage
  | SelectEngineMessage
  | IgnoredMessage
  | PictureMessage;
//#endregion

/** Longest base64 text of a picture: about 30 MB of PNG. */
const maxPictureLength = 40_000_000;

const isRange = (value: unknown): value is TimeRange =>
  isObject(value) && isNumber(value['from']) && isNumber(value['to']) && value['from'] < value['to'];

function isReport(value: unknown): value is DrawnReport {
  const isPlot = (plot: unknown): plot is DrawnReport['plots'][number] =>
    isObject(plot) && isString(plot['id']) && isCount(plot['series']) && isCount(plot['points']);
  return isRange(value) && isObject(value) && isList(value['plots'], isPlot) && isString(value['foreground']);
}

const isPng = (value: unknown): boolean =>
  isString(value) && value.length <= maxPictureLength && /^[A-Za-z0-9+/]*={0,2}$/.test(value);

type MessageGuard = (message: JsonObject) => boolean;

const pageMessageGuards: Record<ToPage['type'], MessageGuard> = {
  snapshot: (message) => isChartData(message['data']) && isNumber(message['now']) && isAbsentOr(message['id'], isCount),
  append: (message) => isChartData(message['data']) && isNumber(message['now']),
  status: (message) => isString(message['message']) && isAbsentOr(message['notice'], isString),
  options: (message) => isViewOptions(message['options']),
  choices: (message) => isList(message['rows'], isChartRow) && isList(message['engines'], isSubjectChoice),
  range: (message) => isRange(message['range']),
  capture: (message) => isCount(message['request']),
};

const hostMessageGuards: Record<ToHost['type'], MessageGuard> = {
  ready: () => true,
  setOptions: (message) => isViewOptions(message['options']),
  zoom: (message) => isAbsentOr(message['range'], isRange),
  drawn: (message) => isReport(message['report']) && isAbsentOr(message['snapshot'], isCount),
  take: (message) => isOneOf(message['what'], ['csv', 'png', 'promql']),
  selectEngine: (message) => isString(message['engine']),
  ignored: () => true,
  picture: (message) => isCount(message['request']) && isPng(message['png']),
};

function isValidMessage(message: unknown, guards: Record<string, MessageGuard>): boolean {
  if (!isObject(message) || !isString(message['type']) || !Object.hasOwn(guards, message['type'])) return false;
  return guards[message['type']]?.(message) ?? false;
}

/** Whether a value is a valid message to the page. */
export function isToPage(message: unknown): message is ToPage {
  return isValidMessage(message, pageMessageGuards);
}

/** Whether a value is a valid message to the host. */
export function isToHost(message: unknown): message is ToHost {
  return isValidMessage(message, hostMessageGuards);
}
