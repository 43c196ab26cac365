import type { Engine, Measure, Snapshot } from '../api';
import {
  addPoint, dropBefore, newSeries, seriesSince,
  type ChartData, type ChartIncrement, type ChartPoint, type ChartSeries,
} from '../shared/chartData';

/** How far back points are kept, in ms of the snapshots' own time. */
export const HISTORY_MS = 3_600_000;
/** An hour at one point a second; at Ray's 10 s an hour is 360. */
export const MAX_POINTS = 3_600;
/** All measures of some 200 engines; aggregates always have their place. */
export const MAX_SERIES = 2_000;
/** The timer asks at least once a minute; points further apart than this were not measured in between. */
const APART_MS = 150_000;
/** Rows that may be too old before memory is moved. */
const SLACK = 32;

/** A series, and the `to` of the last measure that was noted in it. */
interface Track {
  series: ChartSeries;
  to: number;
}

type Tracks = Map<string, Track>;

interface EngineTracks {
  engine: { id: string; name: string };
  tracks: Tracks;
  /** Whether the newest snapshot lists it. */
  listed: boolean;
}

/** A number that is not finite was not measured. */
function isThere(measure: Measure | undefined): measure is Measure {
  return measure !== undefined && Number.isFinite(measure.value) && Number.isFinite(measure.to);
}

function pointOf({ to, value, lowest, highest }: Measure): ChartPoint {
  const known = lowest && highest && Number.isFinite(lowest.value) && Number.isFinite(highest.value);
  return known ? { at: to, value, lowest: lowest.value, highest: highest.value } : { at: to, value };
}

/** The rows by which a track grows: none, a gap, a point, or a gap and a point. */
function rowsFor(track: Track, measure: Measure | undefined): ChartPoint[] {
  const { at, value } = track.series;
  const last = at.at(-1);
  const gap = { at: (last ?? 0) + 1, value: null };
  const inGap = last === undefined || value.at(-1) === null;
  if (!isThere(measure)) return inGap ? [] : [gap];
  if (measure.to === track.to) return [];
  const unmeasured = measure.to - track.to > APART_MS && (measure.from ?? measure.to) > track.to;
  return unmeasured && !inGap ? [gap, pointOf(measure)] : [pointOf(measure)];
}

/**
 * The last hour of every measure, aggregate and per engine, one point for each `to` that a measure had.
 *
 * A measure that is missing, or was not measured for minutes, leaves a gap. Bounded by age (by the snapshots' own time), by points per
 * series and by series; an engine that is gone goes with its last point.
 */
export class History {
  private readonly aggregates: Tracks = new Map();
  private readonly engines = new Map<string, EngineTracks>();
  private seriesCount = 0;

  /** Notes a snapshot and returns what it added. Linear in the number of series. */
  add(snapshot: Snapshot): ChartIncrement {
    const added: ChartSeries[] = [];
    this.note(this.aggregates, undefined, snapshot.measures, added);
    for (const known of this.engines.values()) known.listed = false;
    for (const engine of snapshot.engines) {
      const known = this.engineTracks(engine);
      known.listed = true;
      this.note(known.tracks, known.engine, engine.measures, added);
    }
    for (const known of this.engines.values()) if (!known.listed) this.note(known.tracks, known.engine, {}, added);
    this.forget(snapshot.at - HISTORY_MS);
    return { series: added, bands: [], engines: this.engines.size };
  }

  /**
   * Everything from `since` (Unix ms) on, as a copy: all aggregates, and the series of at most `engineLimit` engines, those that are
   * still listed first, then in the order in which they were met.
   */
  data(since: number, engineLimit = Infinity): ChartData {
    const engines = [...this.engines.values()].sort((a, b) => Number(b.listed) - Number(a.listed)).slice(0, engineLimit);
    const series = [this.aggregates, ...engines.map(({ tracks }) => tracks)]
      .flatMap((tracks) => [...tracks.values()])
      .map((track) => seriesSince(track.series, since))
      .filter(({ at }) => at.length > 0);
    return { series, bands: [], engines: this.engines.size };
  }

  private engineTracks({ id, name }: Engine): EngineTracks {
    const known = this.engines.get(id) ?? { engine: { id, name }, tracks: new Map<string, Track>(), listed: true };
    this.engines.set(id, known);
    return known;
  }

  private note(tracks: Tracks, engine: { id: string; name: string } | undefined, measures: Record<string, Measure>, added: ChartSeries[]): void {
    for (const id of Object.keys(measures)) {
      if (tracks.has(id) || !isThere(measures[id]) || (engine && this.seriesCount >= MAX_SERIES)) continue;
      this.seriesCount++;
      tracks.set(id, { series: newSeries(id, engine), to: -Infinity });
    }
    for (const [id, track] of tracks) {
      const measure = Object.hasOwn(measures, id) ? measures[id] : undefined;
      const rows = rowsFor(track, measure);
      if (rows.length === 0) continue;
      const increment = newSeries(id, engine);
      for (const row of rows) {
        addPoint(track.series, row);
        addPoint(increment, row);
      }
      if (isThere(measure)) track.to = measure.to;
      added.push(increment);
    }
  }

  private forget(before: number): void {
    const forgetIn = (tracks: Tracks): void => {
      for (const [id, { series }] of tracks) {
        dropBefore(series, before, MAX_POINTS, SLACK);
        if (series.at.length > 0) continue;
        tracks.delete(id);
        this.seriesCount--;
      }
    };
    forgetIn(this.aggregates);
    for (const [id, { tracks, listed }] of this.engines) {
      forgetIn(tracks);
      if (tracks.size === 0 && !listed) this.engines.delete(id);
    }
  }
}
