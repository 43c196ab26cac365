/**
 * The rate windows of one subject: the spans of time that rates are taken over (docs/metrics.md, Rate windows).
 *
 * Ray's agents refresh every 10 s by default, so an engine on Ray has a rate window from one movement of its counters to the next.
 * On a server a rate window runs from scrape to scrape.
 */
import type { CounterDelta } from './counterDelta';
import { reportIntervalMs } from './reportInterval';
import type { SubjectState } from './subjectState';

const maxRateWindows = 3;
/** A report that comes later than this, in ms, is late, or the report interval is longer than was thought. */
const punctualMs = 1_000;

/** What counters did over a span of time. */
export interface RateWindow {
  /** Unix ms. */
  from: number;
  to: number;
  /** What rates are divided by. Undefined for an engine's first report, which covers an unknown time. */
  seconds: number | undefined;
  /** On Ray, what `seconds` depends on besides the report interval, which may be learned later. */
  reported?: { elapsedMs: number; stepMs: number };
  /** By slot; NaN without a pair of samples. */
  deltas: Float64Array;
  /** A counter moved. */
  moved: boolean;
}

/** Drops all rate windows: nothing before `at` (Unix ms) counts any more. */
export function restartRateWindows(state: SubjectState, at: number): void {
  state.rateWindows = [];
  state.countedSince = at;
  openRateWindow(state, at);
}

/**
 * Closes the first rate window of an engine that was not there one scrape ago. Its counters began at 0, but the time
 * that its first report covers is unknown.
 */
export function closeFirstWindow(state: SubjectState, at: number, { deltas, moved }: CounterDelta, from: number): void {
  state.rateWindows = [{ from, to: at, seconds: undefined, deltas, moved }];
  openRateWindow(state, at);
}

/** Closes the open rate window of a server's subject: it is the time since the scrape before. */
export function closeNativeWindow(state: SubjectState, at: number, delta: CounterDelta): void {
  appendWindow(state, state.rateWindows, at, delta, { ms: at - state.windowStart });
}

/** Closes the open rate window of a subject on Ray that moved. `stepMs`: the time since the scrape before. */
export function closeRayWindow(state: SubjectState, at: number, delta: CounterDelta, stepMs: number): void {
  const intervalMs = state.reportInterval?.ms;
  const movedWindows = state.rateWindows
    .filter(({ moved }) => moved)
    .map((window) =>
      window.reported ? { ...window, seconds: reportedMs(window.reported, intervalMs) / 1000 } : window,
    );
  const reported = { elapsedMs: at - (state.idleAt ?? state.windowStart), stepMs };
  appendWindow(state, movedWindows, at, delta, { ms: reportedMs(reported, intervalMs), reported });
}

/** What gauges say of an engine that does not move. */
export interface IdleEvidence {
  /** A gauge says that requests run or wait. */
  hasWork: boolean;
  /** It has no work, by a gauge or by the lack of one. */
  isIdle: boolean;
  /** It has no work by a gauge of 0 in this response. */
  reportsZero: boolean;
  /** Something that cannot be compared with the response before may have moved. */
  mayHaveMoved: boolean;
}

/**
 * Continues a subject on Ray that did not move. Its rate window stays open for two report intervals, or until a gauge
 * of 0 says that nothing runs. After that its rate is 0, unless a gauge says that it has work: then it has no
 * rate, and it is stuck if all of its counters can be compared.
 *
 * An engine that says it has no work begins its next rate window here, so that a pause does not dilute the rate after
 * it.
 */
export function continueStill(
  state: SubjectState,
  at: number,
  deltas: Float64Array,
  { hasWork, isIdle, reportsZero, mayHaveMoved }: IdleEvidence,
): void {
  const stillSince = Math.max(state.movedAt ?? state.firstSeenAt, state.countedSince ?? 0);
  if (isIdle) state.idleAt = at;
  const patienceMs = state.reportInterval?.patienceMs ?? 2 * reportIntervalMs;
  if (!reportsZero && at - stillSince < patienceMs) return;
  if (hasWork) {
    if (mayHaveMoved) delete state.stuckSince;
    else state.stuckSince ??= stillSince;
    state.rateWindows = [];
    return;
  }
  const from = state.rateWindows.find(({ moved }) => !moved)?.from ?? state.windowStart;
  state.rateWindows = [{ from, to: at, seconds: (at - from) / 1000, deltas, moved: false }];
  openRateWindow(state, at);
}

/** Begins the open rate window at `at` (Unix ms): counters came back, and what they counted while they were missing is unknown. */
export function skipUnknownTime(state: SubjectState, at: number): void {
  state.countedSince = at;
  openRateWindow(state, at);
}

/**
 * The time that the reports in a rate window cover, in ms. A step shorter than the report interval has room for one
 * report, which covers a whole interval, however short the step or the standstill before it was. A longer step holds as
 * many reports as its length says, one more or less: rounding it to whole intervals would be wrong by up to 40 % for
 * scrapes every 14 s, in every rate window.
 */
function reportedMs({ elapsedMs, stepMs }: NonNullable<RateWindow['reported']>, intervalMs = reportIntervalMs): number {
  const isOneReport = stepMs < 0.95 * intervalMs && elapsedMs < intervalMs + stepMs + punctualMs;
  return isOneReport ? intervalMs : Math.max(intervalMs, elapsedMs);
}

function appendWindow(
  state: SubjectState,
  earlier: readonly RateWindow[],
  at: number,
  { deltas, moved }: CounterDelta,
  { ms, reported }: { ms: number } & Pick<RateWindow, 'reported'>,
): void {
  const from = state.idleAt ?? state.windowStart;
  const window = { from, to: at, seconds: ms / 1000, deltas, moved, ...(reported && { reported }) };
  state.rateWindows = [...earlier, window].slice(-maxRateWindows);
  delete state.resetAt;
  openRateWindow(state, at);
}

function openRateWindow(state: SubjectState, at: number): void {
  state.windowStart = at;
  delete state.idleAt;
  delete state.stuckSince;
}
