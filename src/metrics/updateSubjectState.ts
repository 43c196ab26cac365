/** Updates the state of a subject with one response of its target. */
import type { Backend } from '../discovery/rayBackend';
import { endGaps, noteGaps } from './counterGaps';
import { clearSleepState, hasWork, hasWorkSinceSleep, updateGauges } from './gaugeValues';
import {
  closeFirstWindow,
  closeNativeWindow,
  closeRayWindow,
  continueStill,
  restartRateWindows,
  skipUnknownTime,
  type IdleEvidence,
} from './rateWindows';
import { readingDelta } from './readingDelta';
import type { ReadingPair } from './skyrlTotals';
import type { SubjectState } from './subjectState';
import type { SubjectReading } from './targetReader';

/** One response of a subject's target. Times are Unix ms. */
interface SubjectUpdate {
  reading: SubjectReading;
  at: number;
  /** When the target answered before; undefined if that response does not count. */
  beforeAt: number | undefined;
  backend: Backend | undefined;
  /** Its actor is known to be alive, or it has none. */
  alive: boolean;
  /** Start of the answering process in Unix s, for a subject on a server. */
  processStart: number | undefined;
  /** Another process gave this response. */
  change: ReadingPair['change'];
}

/** Updates a subject's rate windows, gauges and times with one response. */
export function updateSubjectState(state: SubjectState, update: SubjectUpdate): void {
  const { reading, at, processStart, change } = update;
  const clockWentBack = state.seenAt !== undefined && at < state.seenAt;
  if (clockWentBack) rewindTimes(state, at);
  const beginsAnew = reading.seriesIndex !== state.seriesIndex;
  if (beginsAnew) dropSeries(state, reading);
  const beforeAt = clockWentBack || beginsAnew ? undefined : update.beforeAt;
  const isFirst = state.values === undefined;
  const delta = readingDelta(reading, state.values, beforeAt !== undefined);
  const hasRestarted =
    state.processStart !== undefined && processStart !== undefined && state.processStart !== processStart;
  const isOtherServer = change === 'alternating';
  const beganAnewInGap =
    delta.cameBack && state.counterGaps !== undefined && endGaps(state.counterGaps, reading.values);
  const isReset =
    !isFirst && !isOtherServer && (delta.reset || beganAnewInGap || hasRestarted || change === 'restarted');
  const hasMoved = !isReset && !isOtherServer && delta.moved;
  // The sleep gauge is set on changes only. An engine that moves is awake, even if its waking was missed.
  if (hasMoved || hasWorkSinceSleep(state, reading.values, update.backend)) clearSleepState(state);
  updateGauges(state, {
    values: reading.values,
    at,
    backend: update.backend,
    isAlive: update.alive,
    hasMoved: hasMoved || isReset,
  });
  if (isReset) {
    // What is not there any more begins at 0, if all began anew.
    if (delta.resetInPart !== true) state.seriesIndex.forgetSeen(reading.values);
    state.resetAt = at;
    state.resetInPart = delta.resetInPart === true && !hasRestarted && change !== 'restarted';
  }
  if (isReset || isOtherServer) delete state.counterGaps;
  else if (delta.wentMissing)
    noteGaps((state.counterGaps ??= new Map<number, number>()), state.seriesIndex, state.values, reading.values);
  if (isOtherServer) delete state.resetAt;
  if (isReset || isOtherServer || beforeAt === undefined) restartRateWindows(state, at);
  else if (isFirst) closeFirstWindow(state, at, delta, beforeAt);
  else if (state.native) closeNativeWindow(state, at, delta);
  else if (hasMoved) closeRayWindow(state, at, delta, at - beforeAt);
  else {
    continueStill(state, at, delta.deltas, {
      ...idleEvidence(state, update),
      mayHaveMoved: delta.cameBack || reading.hasInfinite === true,
    });
    if (delta.cameBack) skipUnknownTime(state, at);
  }
  // Whose series were not in the answer before may have ended long ago, if that answer was half written.
  if (hasMoved && beforeAt !== undefined && (!isFirst || update.alive || state.native)) {
    state.movedAt = at;
    // The target may have answered without this subject since.
    state.movedWithinMs = at - Math.min(beforeAt, state.seenAt ?? beforeAt);
  }
  state.values = reading.values;
  state.impossible = reading.impossible;
  state.seenAt = at;
  if (processStart !== undefined) state.processStart = processStart;
}

/** Drops everything that is by slot: the subject's series have other slots now. */
function dropSeries(state: SubjectState, { seriesIndex }: SubjectReading): void {
  state.seriesIndex = seriesIndex;
  state.gauges = { values: new Float64Array(0), at: new Float64Array(0) };
  state.rateWindows = [];
  delete state.values;
  delete state.counterGaps;
}

/** Moves times that lie in the future of a clock that went back to its present. */
function rewindTimes(state: SubjectState, at: number): void {
  state.gauges.at = state.gauges.at.map((time) => Math.min(time, at));
  state.movedAt = state.movedAt === undefined ? undefined : Math.min(state.movedAt, at);
  state.firstSeenAt = Math.min(state.firstSeenAt, at);
}

/**
 * What a response says of the work of an engine that did not move. A gauge of 0 says that it has none. So do missing
 * gauges on Ray 2.57 and newer; on other Rays a missing gauge may have been handed to another reader.
 */
function idleEvidence(
  state: SubjectState,
  { reading, at, backend }: SubjectUpdate,
): Omit<IdleEvidence, 'mayHaveMoved'> {
  const { seriesIndex, values } = reading;
  const reportsRunning = seriesIndex
    .slotsOf(seriesIndex.catalogIndex.wellKnown.running)
    .some((slot) => !Number.isNaN(values[slot] ?? NaN));
  const engineHasWork = hasWork(state, at);
  return {
    hasWork: engineHasWork,
    isIdle: !engineHasWork && (reportsRunning || backend === 'open-telemetry'),
    reportsZero: !engineHasWork && reportsRunning,
  };
}
