/** One engine over time: its windows, its gauges with their age, and what tells its state. */
import type { Backend } from '../discovery/rayVersion';
import { engineDelta } from './deltas';
import type { CounterSample, EngineReading } from './reading';

/** Ray's agents refresh every 10 s. */
export const reportIntervalMs = 10_000;
/** How long Ray ≥ 2.57 keeps a gauge that nobody sets; older readings leave every aggregate. */
export const gaugeLifeMs = 20_000;
const keptWindows = 3;

/** What counters did from one movement to the next. */
export interface EngineWindow {
  from: number;
  to: number;
  /** What rates divide by: whole report intervals on Ray, the time itself natively; undefined where the first report covers an unknown time. */
  seconds: number | undefined;
  deltas: CounterSample[];
}

export interface GaugeReading {
  values: number[];
  at: number;
}

export interface EngineTrack {
  readonly key: string;
  readonly name: string;
  readonly native: boolean;
  /** URL of the target it was last seen on. */
  target: string;
  node: string;
  pid?: number;
  workerId?: string;
  model?: string;
  follows?: string;
  firstSeenAt: number;
  /** When its target last answered with it. */
  seenAt?: number;
  movedAt?: number;
  /** How far apart the answers were between which it moved last. */
  movedWithin?: number;
  /** Since when nothing before counts: what happened until then is not known, so it is no stand-still. */
  openedAt?: number;
  /** Since when it has been reset without a window since. */
  resetAt?: number;
  /** Still for two intervals though a gauge says that requests run. */
  stuckSince?: number;
  windows: EngineWindow[];
  gauges: Map<string, GaugeReading>;
  sleep: Map<string, number>;
  /** At the newest answer. */
  counters: ReadonlyMap<string, CounterSample>;
  /** Where the open window began. A window closes at each movement, so what moved since is what moved in the newest step. */
  baseAt: number;
  /** When it was last seen standing still without work since then. */
  idleAt?: number;
  processStart?: number;
}

export interface TrackInput {
  reading: EngineReading;
  at: number;
  /** When the same target answered before; undefined where that does not count. */
  beforeAt: number | undefined;
  known: ReadonlySet<string>;
  backend: Backend | undefined;
  /** Its actor is alive by a fresh answer. */
  alive: boolean;
  processStart: number | undefined;
}

/** Whether a gauge younger than 20 s says that there is work. */
export function hasWork(track: EngineTrack, now: number): boolean {
  return ['num_requests_running', 'num_requests_waiting'].some((family) => {
    const gauge = track.gauges.get(family);
    return gauge !== undefined && now - gauge.at < gaugeLifeMs && gauge.values.some((value) => value > 0);
  });
}

/** Takes one answer of the engine's target into its track. */
export function updateTrack(track: EngineTrack, input: TrackInput): void {
  const { reading, at, beforeAt } = input;
  const first = track.seenAt === undefined;
  const step = engineDelta(track.counters, reading, input.known, beforeAt !== undefined);
  const restarted = track.processStart !== undefined && input.processStart !== undefined && track.processStart !== input.processStart;
  const reset = !first && (step.reset || restarted);
  const moved = !reset && step.moved;
  // The sleep gauge is set on a change only; whoever moves is awake, also when that change was missed.
  if (moved) track.sleep.clear();
  updateGauges(track, input, moved || reset);
  if (reset) track.resetAt = at;
  if (reset || beforeAt === undefined) openWindow(track, at);
  else if (first) closeFirstWindow(track, at, step.deltas, beforeAt);
  else if (track.native) closeWindow(track, at, step.deltas, at - track.baseAt);
  else if (moved) closeWindow(track, at, step.deltas, reportedTime(at - (track.idleAt ?? track.baseAt), at - beforeAt));
  else standStill(track, input, step.deltas);
  if (moved && beforeAt !== undefined) {
    track.movedAt = at;
    track.movedWithin = at - beforeAt;
  }
  track.counters = reading.counters;
  track.seenAt = at;
  if (input.processStart !== undefined) track.processStart = input.processStart;
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
function openWindow(track: EngineTrack, at: number): void {
  track.windows = [];
  track.openedAt = at;
  moveBase(track, at);
}

function moveBase(track: EngineTrack, at: number): void {
  track.baseAt = at;
  delete track.idleAt;
  delete track.stuckSince;
}

/** An engine that was not there a moment ago counts from 0, but nobody knows how long its first report took. */
function closeFirstWindow(track: EngineTrack, at: number, deltas: CounterSample[], from: number): void {
  track.windows = [{ from, to: at, seconds: undefined, deltas }];
  moveBase(track, at);
}

function closeWindow(track: EngineTrack, at: number, deltas: CounterSample[], ms: number): void {
  const before = track.native ? track.windows : track.windows.filter(hasMoved);
  track.windows = [...before, { from: track.idleAt ?? track.baseAt, to: at, seconds: ms / 1000, deltas }].slice(-keptWindows);
  delete track.resetAt;
  moveBase(track, at);
}

const hasMoved = (window: EngineWindow): boolean => window.deltas.some(({ value }) => value > 0);

/**
 * Nothing moved. That closes no window before two intervals; then it is 0, unless a gauge says that requests run.
 * An engine that says it has no work begins its next window here, so that a pause does not dilute what follows.
 */
function standStill(track: EngineTrack, input: TrackInput, deltas: CounterSample[]): void {
  const { at } = input;
  const since = Math.max(track.movedAt ?? track.firstSeenAt, track.openedAt ?? 0);
  const work = hasWork(track, at);
  if (!work && saysIdle(input)) track.idleAt = at;
  if (at - since < 2 * reportIntervalMs) return;
  if (work) {
    track.stuckSince ??= since;
    track.windows = [];
    return;
  }
  const still = track.windows.find((window) => !hasMoved(window));
  const from = still?.from ?? track.baseAt;
  track.windows = [{ from, to: at, seconds: (at - from) / 1000, deltas }];
  moveBase(track, at);
}

/** Gauges that are 0, or that Ray ≥ 2.57 dropped since nobody set them. Gauges that another reader took say nothing. */
function saysIdle({ reading, backend }: TrackInput): boolean {
  return reading.gauges.has('num_requests_running') || backend === 'open-telemetry';
}

function updateGauges(track: EngineTrack, input: TrackInput, moved: boolean): void {
  for (const [family, values] of input.reading.gauges) {
    const before = track.gauges.get(family);
    const same = before?.values.length === values.length && before.values.every((value, index) => value === values[index]);
    // OpenCensus repeats a dead worker's gauges for two minutes: only what changes, moves, lives or says 0 is new.
    const fresh = input.backend !== 'opencensus' || !same || moved || input.alive || values.every((value) => value === 0);
    track.gauges.set(family, { values, at: fresh ? input.at : (before?.at ?? input.at) });
  }
  for (const [state, value] of input.reading.sleep) track.sleep.set(state, value);
}
