/** The messages between the host and the page of rollouts. Each side ignores a message that its guard refuses. */
import { isAbsentOr, isList, isNumber, isObject, isOneOf, isString, type JsonObject } from './guards';
import type { TimeRange } from './protocol';
import type { Rollout } from './rollout';

/** How the page is sorted, and which kind it shows; VS Code keeps it for the page over a reload. */
export interface RolloutView {
  kind: Rollout['kind'];
  /** `start`, or the id of a figure. */
  sortBy: string;
  descending: boolean;
}

/** What a person can take from the page. */
export type RolloutExport = 'csv' | 'jsonl' | 'markdown';

/** A message to the page. With `replace` the rollouts are all that there are, else those that are new or changed. */
export type ToRolloutPage =
  | { type: 'rollouts'; rollouts: readonly Rollout[]; replace: boolean; removed: readonly string[] }
  /** `notice`: above the table; absent or empty while it shows the live run. */
  | { type: 'status'; message: string; notice?: string };

/** A message to the host. */
export type ToRolloutHost =
  | { type: 'ready' }
  /** A person wants to see this span in the chart. */
  | { type: 'show'; range: TimeRange }
  | { type: 'take'; what: RolloutExport; kind: Rollout['kind'] }
  /** Sent after drawing: the rows of the table in their order. */
  | { type: 'drawn'; rows: string[] }
  /** The page ignored a message that its guard refused. */
  | { type: 'ignored' };

const kinds: readonly Rollout['kind'][] = ['rollout', 'step'];

const isShare = (value: unknown): boolean => isNumber(value) && value >= 0 && value <= 1;

/** By key: what a value must be if it is there. */
const optionalGuards: Partial<Record<keyof Rollout, (value: unknown) => boolean>> = {
  isOpen: (value) => value === true,
  requests: isNumber,
  preemptions: isNumber,
  generationRate: isNumber,
  highestRate: isNumber,
  kvPeak: isNumber,
  hitRate: isNumber,
  acceptance: isNumber,
  tailSeconds: isNumber,
  lastEngine: isString,
  idleSeconds: isNumber,
  idleShare: isShare,
  asleepSeconds: isNumber,
  imbalance: isNumber,
  slowestEngine: (value) => isObject(value) && isString(value['name']) && isNumber(value['rate']),
  phases: (value) => isObject(value) && Object.values(value).every((seconds) => isNumber(seconds) && seconds >= 0),
};

/** Whether a value is a rollout. */
export function isRollout(value: unknown): value is Rollout {
  if (!isObject(value) || !isObject(value['tokens'])) return false;
  const { tokens } = value;
  return (
    isString(value['id']) &&
    isOneOf(value['kind'], kinds) &&
    (['from', 'to', 'seconds', 'uncertainty', 'engines'] as const).every((key) => isNumber(value[key])) &&
    typeof value['cut'] === 'boolean' &&
    ['prompt', 'output'].every((key) => isAbsentOr(tokens[key], isNumber)) &&
    Object.entries(optionalGuards).every(([key, guard]) => isAbsentOr(value[key], guard))
  );
}

/** Whether a value is what the page stores. */
export const isRolloutView = (value: unknown): value is RolloutView =>
  isObject(value) &&
  isOneOf(value['kind'], kinds) &&
  isString(value['sortBy']) &&
  typeof value['descending'] === 'boolean';

const isRange = (value: unknown): boolean =>
  isObject(value) && isNumber(value['from']) && isNumber(value['to']) && value['from'] <= value['to'];

type MessageGuard = (message: JsonObject) => boolean;

const pageGuards: Record<ToRolloutPage['type'], MessageGuard> = {
  rollouts: (message) =>
    isList(message['rollouts'], isRollout) &&
    typeof message['replace'] === 'boolean' &&
    isList(message['removed'], isString),
  status: (message) => isString(message['message']) && isAbsentOr(message['notice'], isString),
};

const hostGuards: Record<ToRolloutHost['type'], MessageGuard> = {
  ready: () => true,
  show: (message) => isRange(message['range']),
  take: (message) => isOneOf(message['what'], ['csv', 'jsonl', 'markdown']) && isOneOf(message['kind'], kinds),
  drawn: (message) => isList(message['rows'], isString),
  ignored: () => true,
};

function isValid(message: unknown, guards: Record<string, MessageGuard>): boolean {
  if (!isObject(message) || !isString(message['type']) || !Object.hasOwn(guards, message['type'])) return false;
  return guards[message['type']]?.(message) ?? false;
}

/** Whether a value is a valid message to the page. */
export const isToRolloutPage = (message: unknown): message is ToRolloutPage => isValid(message, pageGuards);

/** Whether a value is a valid message to the host. */
export const isToRolloutHost = (message: unknown): message is ToRolloutHost => isValid(message, hostGuards);
