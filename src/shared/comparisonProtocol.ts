/** The messages between the host and the page of a comparison. Each side ignores a message that its guard refuses. */
import { alignments, type AlignedLine, type AlignedLines, type Alignment, type Comparison } from './comparison';
import { isAbsentOr, isCount, isList, isNumber, isObject, isOneOf, isString, type JsonObject } from './guards';

/** What the page shows; VS Code keeps it for the page over a reload. */
export interface ComparisonView {
  /** Ids of the compared runs, the first one first. */
  runs: string[];
  /** The measure on the chart. */
  measure: string;
  alignment: Alignment;
}

/** What a person can take from the page. */
export type ComparisonExport = 'csv' | 'json' | 'markdown';

/** A message to the page. */
export type ToComparisonPage =
  | { type: 'comparison'; comparison: Comparison }
  | ({ type: 'lines' } & AlignedLines)
  /** Shown while there is no comparison. */
  | { type: 'status'; message: string };

/** A message to the host. */
export type ToComparisonHost =
  | { type: 'ready' }
  | { type: 'show'; measure: string; alignment: Alignment }
  | { type: 'take'; what: ComparisonExport }
  /** A person wants to compare other runs. */
  | { type: 'choose' }
  /** Sent after drawing: the measures in the order of their rows. */
  | { type: 'drawn'; rows: string[] }
  /** The page ignored a message that its guard refused. */
  | { type: 'ignored' };

type Guard = (value: unknown) => boolean;

const isNumberOrNull: Guard = (value) => value === null || isNumber(value);
const every =
  (guard: Guard): Guard =>
  (value) =>
    Array.isArray(value) && value.every(guard);
const orNull =
  (guard: Guard): Guard =>
  (value) =>
    value === null || guard(value);
/** Whether each of these keys has what its guard wants. */
const hasShape =
  (guards: Record<string, Guard>): Guard =>
  (value) =>
    isObject(value) && Object.entries(guards).every(([key, guard]) => guard(value[key]));

const isRun = hasShape({
  id: isString,
  name: isString,
  kind: (value) => isOneOf(value, ['run', 'rollout', 'record', 'import']),
  from: isNumber,
  releases: isObject,
  counted: isCount,
  leftOut: hasShape({ warmUp: isCount, cut: isCount }),
});

const isConfigRow = hasShape({
  key: isString,
  state: (value) => isOneOf(value, ['different', 'equal', 'unknown']),
  cells: every(
    orNull(hasShape({ value: isString, from: isString, unknownBecause: (value) => isAbsentOr(value, isString) })),
  ),
});

const isVerdict: Guard = (value) =>
  isOneOf(value, ['better', 'worse', 'different', 'within spread', 'not enough rollouts', 'not comparable']);

const isMeasureRow = hasShape({
  id: isString,
  label: isString,
  unit: isString,
  source: (value) => isOneOf(value, ['figure', 'mean']),
  worst: (value) => isOneOf(value, ['high', 'low', 'neither']),
  medians: every(isNumberOrNull),
  spread: every(orNull(hasShape({ count: isCount, low: isNumber, high: isNumber }))),
  change: isNumberOrNull,
  verdict: isVerdict,
  differences: every(hasShape({ run: isString, change: isNumberOrNull, verdict: isVerdict, p: isNumberOrNull })),
});

const isComparison = hasShape({
  runs: every(isRun),
  unit: (value) => isOneOf(value, ['rollout', 'step']),
  notes: every(isString),
  rules: every(isString),
  config: every(isConfigRow),
  measures: every(isMeasureRow),
});

const isLine = (value: unknown): value is AlignedLine =>
  isObject(value) &&
  isString(value['run']) &&
  isList(value['x'], isNumber) &&
  every(isNumberOrNull)(value['y']) &&
  (value['y'] as unknown[]).length === value['x'].length;

const isAlignment: Guard = (value) => isOneOf(value, alignments);

/** Whether a value is what the page stores. */
export const isComparisonView = (value: unknown): value is ComparisonView =>
  isObject(value) &&
  isList(value['runs'], isString) &&
  value['runs'].length <= 4 &&
  isString(value['measure']) &&
  isAlignment(value['alignment']);

type MessageGuard = (message: JsonObject) => boolean;

const pageGuards: Record<ToComparisonPage['type'], MessageGuard> = {
  comparison: (message) => isComparison(message['comparison']),
  lines: (message) =>
    isString(message['measure']) && isAlignment(message['alignment']) && isList(message['lines'], isLine),
  status: (message) => isString(message['message']),
};

const hostGuards: Record<ToComparisonHost['type'], MessageGuard> = {
  ready: () => true,
  show: (message) => isString(message['measure']) && isAlignment(message['alignment']),
  take: (message) => isOneOf(message['what'], ['csv', 'json', 'markdown']),
  choose: () => true,
  drawn: (message) => isList(message['rows'], isString),
  ignored: () => true,
};

function isValid(message: unknown, guards: Record<string, MessageGuard>): boolean {
  if (!isObject(message) || !isString(message['type']) || !Object.hasOwn(guards, message['type'])) return false;
  return guards[message['type']]?.(message) ?? false;
}

/** Whether a value is a valid message to the page. */
export const isToComparisonPage = (message: unknown): message is ToComparisonPage => isValid(message, pageGuards);

/** Whether a value is a valid message to the host. */
export const isToComparisonHost = (message: unknown): message is ToComparisonHost => isValid(message, hostGuards);
