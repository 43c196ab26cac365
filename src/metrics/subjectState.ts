/** The state of one subject (an engine, a node, a GPU, the trainer or a server), kept from scrape to scrape. */
import type { SubjectKind } from './catalog';
import type { CounterGaps } from './counterGaps';
import type { GaugeValues } from './gaugeValues';
import type { RateWindow } from './rateWindows';
import type { ReportInterval } from './reportInterval';
import type { SeriesIndex } from './seriesIndex';

/** Times are Unix ms. */
export interface SubjectState {
  readonly key: string;
  readonly subject: SubjectKind;
  /** Of an engine: changes only if names from before a reload are read late. */
  name: string;
  /** Replaced if the subject begins anew. */
  seriesIndex: SeriesIndex;
  /** Its target is a server that it belongs to, not a Ray agent. */
  readonly native: boolean;
  /** URL of the target that showed it last. */
  targetUrl: string;
  /** Address of its machine. */
  node: string;
  pid?: number;
  workerId?: string;
  model?: string;
  /** Key of the engine that it replaces. */
  follows?: string;
  firstSeenAt: number;
  /** When its target last answered with it. */
  seenAt?: number;
  /** When a counter last moved. */
  movedAt?: number | undefined;
  /** The time between the two responses between which a counter last moved, in ms. */
  movedWithinMs?: number;
  /** What happened before this time is unknown, so that it is no standstill. */
  countedSince?: number;
  /** Its actor was DEAD, which is final for a worker. */
  hasDied?: boolean;
  /** The newest list of actors did not have its actor. */
  wasUnlisted?: boolean;
  /** When it was reset, as long as no rate window has closed since. */
  resetAt?: number;
  /** That reset was of a part of its counters, such as those of one rank. */
  resetInPart?: boolean;
  /** Since when it has not moved although a gauge says that it has work. */
  stuckSince?: number;
  /** The last rate windows, in order of time. */
  rateWindows: RateWindow[];
  gauges: GaugeValues;
  /** By slot, values in the newest response that are below the least possible one; undefined without any. */
  impossible?: ReadonlyMap<number, number> | undefined;
  /** By slot, at the newest response. Undefined before the first. */
  values?: Float64Array;
  /** Counters that are missing at the newest response; undefined if none ever was. */
  counterGaps?: CounterGaps;
  /** When the open rate window began. It closes at the next movement. */
  windowStart: number;
  /** When it was last seen idle since then. */
  idleAt?: number;
  /** How often its node reports; undefined on a server. */
  reportInterval?: ReportInterval;
  /** Start of its process, in Unix s. */
  processStart?: number;
}

/**
 * How many engines, and how many other subjects, stay that no longer report although their target answers. A run of 64
 * engines has as many after eight restarts of all.
 */
export const maxVanished = 512;

/** The subjects to forget among those that have vanished: those that were seen longest ago. */
export const longestVanished = (vanished: readonly SubjectState[]): SubjectState[] =>
  vanished.length <= maxVanished ? [] : [...vanished].sort((a, b) => lastSeenAt(b) - lastSeenAt(a)).slice(maxVanished);

const lastSeenAt = ({ seenAt, firstSeenAt }: SubjectState): number => seenAt ?? firstSeenAt;

/** The state of a subject that is seen for the first time. */
export function newSubjectState(
  subject: Pick<
    SubjectState,
    'key' | 'subject' | 'name' | 'seriesIndex' | 'native' | 'targetUrl' | 'node' | 'firstSeenAt'
  >,
): SubjectState {
  return {
    ...subject,
    rateWindows: [],
    gauges: { values: new Float64Array(0), at: new Float64Array(0) },
    windowStart: subject.firstSeenAt,
  };
}
