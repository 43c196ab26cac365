/** The last values of a subject's gauges, with their age. */
import type { Backend } from '../discovery/rayBackend';
import type { SeriesMeta } from './seriesMeta';
import type { SubjectState } from './subjectState';

/** How long Ray 2.57 and newer keep a gauge that is no longer set. Older values leave every aggregate. */
export const gaugeStaleAfterMs = 20_000;

/** By slot, the last value and when it was confirmed (Unix ms); NaN without a value. */
export interface GaugeValues {
  values: Float64Array;
  at: Float64Array;
}

/** Whether any of the gauges in these slots is younger than 20 s and above a limit. `now`: Unix ms. */
export function hasFreshGauge(
  { gauges }: SubjectState,
  slots: readonly number[],
  now: number,
  above = -Infinity,
): boolean {
  return slots.some(
    (slot) => now - (gauges.at[slot] ?? NaN) < gaugeStaleAfterMs && (gauges.values[slot] ?? NaN) > above,
  );
}

/** Whether a gauge younger than 20 s says that requests run or wait. `now`: Unix ms. */
export function hasWork(state: SubjectState, now: number): boolean {
  const { running, waiting } = state.seriesIndex.catalogIndex.wellKnown;
  return [running, waiting].some((selector) => hasFreshGauge(state, state.seriesIndex.slotsOf(selector), now, 0));
}

/**
 * Whether the engine, or each of its ranks, last reported that it sleeps. It reports changes only, so that the value
 * does not grow old.
 */
export function reportsAsleep({ gauges, seriesIndex }: SubjectState): boolean {
  const awake = seriesIndex
    .slotsOf(seriesIndex.catalogIndex.wellKnown.awake)
    .map((slot) => gauges.values[slot] ?? NaN)
    .filter((value) => !Number.isNaN(value));
  return awake.length > 0 && awake.every((value) => value === 0);
}

/** Forgets what the engine last reported of its sleep. */
export function clearSleepState({ gauges, seriesIndex }: SubjectState): void {
  for (const slot of seriesIndex.slotsOf(seriesIndex.catalogIndex.wellKnown.sleepState))
    if (slot < gauges.values.length) gauges.values[slot] = NaN;
}

/**
 * Whether a response shows requests of an engine and not its sleep. Ray 2.57 and newer show a gauge for the same time
 * after each report, so that the sleep was reported before the requests: it has ended.
 */
export function hasWorkSinceSleep(
  { seriesIndex }: SubjectState,
  values: Float64Array,
  backend: Backend | undefined,
): boolean {
  if (backend !== 'open-telemetry') return false;
  const { running, waiting, sleepState } = seriesIndex.catalogIndex.wellKnown;
  const valuesOf = (selector: number): number[] => seriesIndex.slotsOf(selector).map((slot) => values[slot] ?? NaN);
  return (
    [running, waiting].some((selector) => valuesOf(selector).some((value) => value > 0)) &&
    valuesOf(sleepState).every((value) => Number.isNaN(value))
  );
}

/** The column with at least this many slots; NaN in new ones. */
function widen(column: Float64Array, length: number): Float64Array {
  if (column.length >= length) return column;
  const wider = new Float64Array(length).fill(NaN);
  wider.set(column);
  return wider;
}

/** Makes room for this many slots. */
function widenGauges(state: SubjectState, length: number): GaugeValues {
  const { values, at } = state.gauges;
  state.gauges = { values: widen(values, length), at: widen(at, length) };
  return state.gauges;
}

/** Sets a gauge that comes from elsewhere than the subject's target. `at`: Unix ms. */
export function setGauge(state: SubjectState, meta: SeriesMeta, value: number, at: number): void {
  const slot = state.seriesIndex.add(meta, undefined);
  if (slot === undefined) return;
  const gauges = widenGauges(state, state.seriesIndex.size);
  gauges.values[slot] = value;
  gauges.at[slot] = at;
}

/** What a response says of a subject's gauges, and what else tells whether they are current. */
interface GaugeUpdate {
  /** By slot; NaN without a value. */
  values: Float64Array;
  /** Unix ms. */
  at: number;
  backend: Backend | undefined;
  /** The subject's actor is alive, or it has none. */
  isAlive: boolean;
  /** A counter of the subject moved or was reset. */
  hasMoved: boolean;
}

/**
 * Takes over the gauges of a response. Ray 2.51 and older (OpenCensus) repeat a dead worker's gauges for two minutes.
 * On them a gauge of an engine is confirmed only if it changed or is 0, or if the engine moved or is known to live.
 */
export function updateGauges(state: SubjectState, { values, at, backend, isAlive, hasMoved }: GaugeUpdate): void {
  const gauges = widenGauges(state, values.length);
  const confirmsAll = backend !== 'opencensus' || hasMoved || isAlive || state.subject !== 'engine';
  for (const slot of state.seriesIndex.gauges) {
    const value = values[slot];
    if (value === undefined || Number.isNaN(value)) continue;
    const isConfirmed = confirmsAll || value === 0 || value !== gauges.values[slot];
    gauges.values[slot] = value;
    if (isConfirmed) gauges.at[slot] = at;
  }
}
