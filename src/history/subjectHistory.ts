/** What is kept of one engine or part, or of the aggregate: both tiers of each of its series. */
import type { Measure } from '../api';
import { newSeries, type ChartSubject, type ChartSeries } from '../shared/chartData';
import { minuteMs, minuteOf, MinuteTier } from './minuteTier';
import { PointTier } from './pointTier';
import { isMeasured, rowsFor, type Ending, type SeriesRow } from './seriesRows';

/** What has not been written to disk yet. */
export interface UnwrittenChanges {
  /** Minutes (since 1970) in which something is new. */
  minutes: Set<number>;
  /** The clock went back: what was kept of later minutes than this one has been withdrawn. */
  truncatedAfter: number | undefined;
}

const nullIfNaN = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** A single as people wrote it: 0.1, not 0.10000000149. */
function roundToSingle(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const scale = 10 ** (6 - Math.floor(Math.log10(Math.abs(value))));
  const rounded = Math.round(value * scale) / scale;
  return Number.isFinite(rounded) && scale < 1e22 ? rounded : value;
}

export class SubjectHistory {
  readonly points: PointTier;
  readonly minutes = new MinuteTier();
  private readonly slotByMeasure = new Map<string, number>();
  private readonly endings: Ending[] = [];
  /** Whether the newest snapshot lists it. */
  isListed = true;

  /** Without an engine: the aggregate. */
  constructor(
    public subject: ChartSubject | undefined,
    private readonly changes: UnwrittenChanges,
  ) {
    this.points = new PointTier(subject === undefined);
  }

  /** Series that a new chunk has room for: measures come one by one when a run begins. */
  get slotCapacity(): number {
    return Math.ceil(this.slotByMeasure.size / 4) * 4;
  }

  get slots(): ReadonlyMap<string, number> {
    return this.slotByMeasure;
  }

  get bytes(): number {
    return this.points.bytes + this.minutes.bytes;
  }

  /** The time of its newest row, a minute's end where only minutes are left; -Infinity where there is none. */
  get lastAt(): number {
    const minute = this.minutes.newestMinute;
    return Math.max(
      ...this.endings.map(({ at }) => at),
      minute === undefined ? -Infinity : (minute + 1) * minuteMs - 1,
    );
  }

  get isEmpty(): boolean {
    return this.points.isEmpty && this.minutes.isEmpty;
  }

  /** Hands `begin` the measures of a snapshot that have no series yet. */
  addMissingSeries(measures: Record<string, Measure>, now: number, begin: (id: string) => void): void {
    for (const id of Object.keys(measures)) if (!this.slotByMeasure.has(id) && isMeasured(measures[id], now)) begin(id);
  }

  /** Notes a snapshot's measures, of those that have a series; those that are missing leave a gap. Returns what is new. */
  note(measures: Record<string, Measure>, now: number): ChartSeries[] {
    const added: ChartSeries[] = [];
    for (const [id, slot] of this.slotByMeasure) {
      const rows = rowsFor(this.endings[slot] as Ending, Object.hasOwn(measures, id) ? measures[id] : undefined, now);
      if (rows.length === 0) continue;
      const increment = newSeries(id, this.subject);
      for (const row of rows) {
        this.put(slot, row);
        this.push(increment, row.at, row.value, row.low, row.high);
      }
      added.push(increment);
    }
    return added;
  }

  /** The slot of a measure, a new one where it has none. */
  ensureSlot(measure: string): number {
    const known = this.slotByMeasure.get(measure);
    if (known !== undefined) return known;
    this.endings.push({ at: -Infinity, to: -Infinity, inGap: true });
    this.slotByMeasure.set(measure, this.slotByMeasure.size);
    return this.slotByMeasure.size - 1;
  }

  /** Adds a row. A clock that went back withdraws the rows of the time that has not been yet, so that times stay in order. */
  put(slot: number, { at, value, low, high }: SeriesRow): void {
    const ending = this.endings[slot] as Ending;
    if (at <= ending.at) this.truncate(slot, at);
    this.points.put(slot, this.slotCapacity, at, value, low, high);
    const isGap = Number.isNaN(value);
    if (isGap) this.minutes.gapAfter(slot, this.slotCapacity, minuteOf(at - 1));
    else this.count(slot, at, value, low, high);
    this.changes.minutes.add(isGap ? minuteOf(at - 1) + 1 : minuteOf(at));
    ending.at = at;
    ending.inGap = isGap;
    if (!isGap) ending.to = at;
  }

  /**
   * The rows of a series from `from` to `to`: minutes, then from where nothing has been dropped every point. The minute in between stands before its
   * points where more than half of it has been dropped. Undefined where there is none.
   */
  read(measure: string, from: number, to: number): ChartSeries | undefined {
    const slot = this.slotByMeasure.get(measure);
    if (slot === undefined) return undefined;
    const series = newSeries(measure, this.subject);
    const { completeFrom } = this.points;
    if (completeFrom > from) {
      let first = Infinity;
      this.points.visit(slot, (at) => {
        if (at >= completeFrom) first = Math.min(first, at);
      });
      const last = minuteOf(completeFrom);
      // The next minute may begin with the gap that the last point before ends in.
      this.minutes.visit(slot, minuteOf(from), Math.min(last + 2, minuteOf(to) + 1), (minute, mean, low, high, gap) => {
        const at = minute * minuteMs + (gap ? 0 : minuteMs / 2);
        if (at < from || at > to || at >= first || (minute > last && !gap)) return;
        series.lowest ??= [];
        series.highest ??= [];
        this.push(series, at, roundToSingle(mean), roundToSingle(low), roundToSingle(high));
      });
    }
    this.points.visit(slot, (at, value, low, high) => {
      if (at >= from && at <= to && at >= completeFrom) this.push(series, at, value, low, high);
    });
    return series.at.length > 0 ? series : undefined;
  }

  private push(series: ChartSeries, at: number, value: number, low: number, high: number): void {
    const last = series.at.length - 1;
    const isGap = Number.isNaN(value);
    if (isGap && last >= 0 && (series.value[last] === null || at <= (series.at[last] ?? -Infinity))) return;
    series.at.push(at);
    series.value.push(nullIfNaN(value));
    series.lowest?.push(isGap ? null : nullIfNaN(low));
    series.highest?.push(isGap ? null : nullIfNaN(high));
  }

  private count(slot: number, at: number, value: number, low: number, high: number): void {
    const own = this.subject !== undefined;
    this.minutes.put(slot, this.slotCapacity, at, value, own ? value : low, own ? value : high);
  }

  private truncate(slot: number, at: number): void {
    const minute = minuteOf(at);
    this.points.truncate(slot, at);
    if (this.minutes.truncate(slot, minute))
      this.changes.truncatedAfter = Math.min(minute, this.changes.truncatedAfter ?? Infinity);
    this.points.visit(slot, (before, value, low, high) => {
      if (minuteOf(before) === minute && !Number.isNaN(value)) this.count(slot, before, value, low, high);
    });
  }
}
