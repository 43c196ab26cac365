/** One subject (an engine, or a part of the run) over time: its windows, its gauges with their age, and what tells an engine's state. */
import type { Backend } from '../discovery/rayBackend';
import type { SubjectKind } from './catalog';
import { counterDelta, type CounterDelta } from './counterDelta';
import type { SeriesMeta } from './seriesMeta';
import type { SeriesIndex } from './seriesIndex';
import { wellKnown } from './catalogIndex';
import type { SubjectReading } from './targetReader';

/** Ray's agents refresh every 10 s. */
export const reportIntervalMs = 10_000;
/** How long Ray ≥ 2.57 keeps a gauge that nobody sets; older readings leave every aggregate. */
export const gaugeStaleAfterMs = 20_000;
const maxRateWindows = 3;

/** What counters did from one movement to the next. */
export interface RateWindow {
  from: number;
  to: number;
  /** What rates divide by: whole report intervals on Ray, the time itself natively; undefined where the first report covers an unknown time. */
  seconds: number | undefined;
  /** By place of the layout; NaN where there is no pair of samples. */
  deltas: Float64Array;
  /** Something moved in it. */
  moved: boolean;
}

/** Gauges by place: the last value, and when it was confirmed; NaN where there was none. */
export interface GaugeValues {
  values: Float64Array;
  at: Float64Array;
}

export interface SubjectState {
  readonly key: string;
  readonly subject: SubjectKind;
  readonly name: string;
  readonly seriesIndex: SeriesIndex;
  readonly native: boolean;
  /** URL of the target it was last seen on. */
  targetUrl: string;
  node: string;
  pid?: number;
  workerId?: string;
  model?: string;
  follows?: string;
  firstSeenAt: number;
  /** When its target last answered with it. */
  seenAt?: number;
  movedAt?: number | undefined;
  /** How far apart the answers were between which it moved last. */
  movedWithinMs?: number;
  /** Since when nothing before counts: what happened until then is not known, so it is no stand-still. */
  countedSince?: number;
  /** Since when it has been reset without a window since. */
  resetAt?: number;
  /** Still for two intervals though a gauge says that requests run. */
  stuckSince?: number;
  rateWindows: RateWindow[];
  gauges: GaugeValues;
  /** At the newest answer; undefined before the first. */
  values?: Float64Array;
  /** Where the open window began. A window closes at each movement, so what moved since is what moved in the newest step. */
  windowStart: number;
  /** When it was last seen standing still without work since then. */
  idleAt?: number;
  processStart?: number;
}

export interface SubjectUpdate {
  reading: SubjectReading;
  at: number;
  /** When the same target answered before; undefined where that does not count. */
  beforeAt: number | undefined;
  backend: Backend | undefined;
  /** Its actor is alive by a fresh answer. */
  alive: boolean;
  processStart: number | undefined;
}

/** What a subject is when it is met first. */
export function newSubjectState(
  one: Pick<SubjectState, 'key' | 'subject' | 'name' | 'seriesIndex' | 'native' | 'targetUrl' | 'node' | 'firstSeenAt'>,
): SubjectState {
  return {
    ...one,
    rateWindows: [],
    gauges: { values: new Float64Array(0), at: new Float64Array(0) },
    windowStart: one.firstSeenAt,
  };
}

/** Whether one of these gauges is younger than 20 s and, where asked, above 0. */
export function hasFreshGauge(
  { gauges }: SubjectState,
  places: readonly number[],
  now: number,
  above = -Infinity,
): boolean {
  return places.some(
    (place) => now - (gauges.at[place] ?? NaN) < gaugeStaleAfterMs && (gauges.values[place] ?? NaN) > above,
  );
}

/** Whether a gauge younger than 20 s says that there is work. */
export function hasWork(track: SubjectState, now: number): boolean {
  return [wellKnown.running, wellKnown.waiting].some((selector) =>
    hasFreshGauge(track, track.seriesIndex.slotsOf(selector), now, 0),
  );
}

/** Whether the engine said last that it sleeps; it says so on a change only. */
export function reportsAsleep({ gauges, seriesIndex }: SubjectState): boolean {
  return seriesIndex.slotsOf(wellKnown.awake).some((place) => gauges.values[place] === 0);
}

/** Takes one answer of the subject's target into its track. */
export function updateSubjectState(track: SubjectState, input: SubjectUpdate): void {
  const { reading, at } = input;
  // A clock that went back: what was noted lies in a time that has not been yet.
  const rewound = track.seenAt !== undefined && at < track.seenAt;
  if (rewound) rewind(track, at);
  const beforeAt = rewound ? undefined : input.beforeAt;
  const first = track.values === undefined;
  const step = counterDelta(track.seriesIndex, track.values, reading.values, beforeAt !== undefined);
  const restarted =
    track.processStart !== undefined && input.processStart !== undefined && track.processStart !== input.processStart;
  const reset = !first && (step.reset || restarted);
  const moved = !reset && step.moved;
  // The sleep gauge is set on a change only; whoever moves is awake, also when that change was missed.
  if (moved)
    for (const place of track.seriesIndex.slotsOf(wellKnown.sleepState))
      if (place < track.gauges.values.length) track.gauges.values[place] = NaN;
  updateGauges(track, input, moved || reset);
  if (reset) track.resetAt = at;
  if (reset || beforeAt === undefined) restartRateWindows(track, at);
  else if (first) closeFirstWindow(track, at, step, beforeAt);
  else if (track.native) closeWindow(track, at, step, at - track.windowStart);
  else if (moved) closeWindow(track, at, step, reportedTime(at - (track.idleAt ?? track.windowStart), at - beforeAt));
  else standStill(track, input, step.deltas);
  if (moved && beforeAt !== undefined) {
    track.movedAt = at;
    track.movedWithinMs = at - beforeAt;
  }
  track.values = reading.values;
  track.seenAt = at;
  if (input.processStart !== undefined) track.processStart = input.processStart;
}

function rewind(track: SubjectState, at: number): void {
  track.gauges.at = track.gauges.at.map((each) => Math.min(each, at));
  track.movedAt = track.movedAt === undefined ? undefined : Math.min(track.movedAt, at);
  track.firstSeenAt = Math.min(track.firstSeenAt, at);
}

/**
 * The time that a window's reports cover, in ms. Into a step shorter than the interval fits one report, which covers a whole interval, however
 * short the step is and whatever short stand-still came before. A longer step holds as many as its time says, one more or one less: rounding
 * to whole intervals would be wrong by up to 40 % for scrapes every 14 s, window after window.
 */
function reportedTime(elapsed: number, step: number): number {
  const oneReport = step < 0.95 * reportIntervalMs && elapsed < 2 * reportIntervalMs;
  return oneReport ? reportIntervalMs : Math.max(reportIntervalMs, elapsed);
}

/** Begins anew: nothing before counts. */
function restartRateWindows(track: SubjectState, at: number): void {
  track.rateWindows = [];
  track.countedSince = at;
  beginRateWindow(track, at);
}

function beginRateWindow(track: SubjectState, at: number): void {
  track.windowStart = at;
  delete track.idleAt;
  delete track.stuckSince;
}

/** An engine that was not there a moment ago counts from 0, but nobody knows how long its first report took. */
function closeFirstWindow(track: SubjectState, at: number, { deltas, moved }: CounterDelta, from: number): void {
  track.rateWindows = [{ from, to: at, seconds: undefined, deltas, moved }];
  beginRateWindow(track, at);
}

function closeWindow(track: SubjectState, at: number, { deltas, moved }: CounterDelta, ms: number): void {
  const before = track.native ? track.rateWindows : track.rateWindows.filter((window) => window.moved);
  track.rateWindows = [
    ...before,
    { from: track.idleAt ?? track.windowStart, to: at, seconds: ms / 1000, deltas, moved },
  ].slice(-maxRateWindows);
  delete track.resetAt;
  beginRateWindow(track, at);
}

/**
 * Nothing moved. That closes no window before two intervals; then it is 0, unless a gauge says that requests run.
 * An engine that says it has no work begins its next window here, so that a pause does not dilute what follows.
 */
function standStill(track: SubjectState, input: SubjectUpdate, deltas: Float64Array): void {
  const { at } = input;
  const since = Math.max(track.movedAt ?? track.firstSeenAt, track.countedSince ?? 0);
  const work = hasWork(track, at);
  if (!work && saysIdle(input)) track.idleAt = at;
  if (at - since < 2 * reportIntervalMs) return;
  if (work) {
    track.stuckSince ??= since;
    track.rateWindows = [];
    return;
  }
  const still = track.rateWindows.find((window) => !window.moved);
  const from = still?.from ?? track.windowStart;
  track.rateWindows = [{ from, to: at, seconds: (at - from) / 1000, deltas, moved: false }];
  beginRateWindow(track, at);
}

/** Gauges that are 0, or that Ray ≥ 2.57 dropped since nobody set them. Gauges that another reader took say nothing. */
function saysIdle({ reading, backend }: SubjectUpdate): boolean {
  return (
    backend === 'open-telemetry' ||
    reading.seriesIndex.slotsOf(wellKnown.running).some((place) => !Number.isNaN(reading.values[place] ?? NaN))
  );
}

/** A copy of at least this length, NaN where nothing was. */
function widened(column: Float64Array, length: number): Float64Array {
  if (column.length >= length) return column;
  const wider = new Float64Array(length).fill(NaN);
  wider.set(column);
  return wider;
}

/** Sets a gauge that somebody else than the target told. */
export function setGauge(track: SubjectState, meta: SeriesMeta, value: number, at: number): void {
  const place = track.seriesIndex.add(meta, undefined);
  if (place === undefined) return;
  track.gauges = {
    values: widened(track.gauges.values, track.seriesIndex.size),
    at: widened(track.gauges.at, track.seriesIndex.size),
  };
  track.gauges.values[place] = value;
  track.gauges.at[place] = at;
}

function updateGauges(track: SubjectState, { reading, backend, at, alive }: SubjectUpdate, moved: boolean): void {
  const gauges = {
    values: widened(track.gauges.values, reading.values.length),
    at: widened(track.gauges.at, reading.values.length),
  };
  track.gauges = gauges;
  for (const place of track.seriesIndex.gauges) {
    const value = reading.values[place];
    if (value === undefined || Number.isNaN(value)) continue;
    // OpenCensus repeats a dead worker's gauges for two minutes: only what changes, moves, lives or says 0 is new.
    const fresh =
      backend !== 'opencensus' ||
      value !== gauges.values[place] ||
      moved ||
      alive ||
      value === 0 ||
      track.subject !== 'engine';
    gauges.values[place] = value;
    if (fresh) gauges.at[place] = at;
  }
}
