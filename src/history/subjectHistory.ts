/** The history of one subject or of the aggregate: points and minutes of each of its series. */
import type { Measure } from '../api';
import { newSeries, type ChartSeries, type ChartSubject } from '../shared/chartData';
import { pushRow, type AddedRows } from './addedRows';
import { minuteMs, minuteOf, MinuteTier } from './minuteTier';
import type { PackingBudget } from './packingBudget';
import { PointTier, pointsPerChunk } from './pointTier';
import { roundToSingle } from './roundToSingle';
import { addRowsFor, isMeasured, type SeriesEnd, type SeriesRow } from './seriesRows';

/** Changes of a history that are not on disk yet. */
export interface UnwrittenChanges {
  /** Minutes (since 1970) in which something is new. */
  minutes: Set<number>;
  /** Set if the clock went back: everything after this minute has been removed. */
  truncatedAfter: number | undefined;
}

/** Relatively prime to the points and minutes of a chunk, so that subjects that follow one another pack far apart. */
const phaseStep = 7;

/** The series of one subject. Each has a slot, its number in both tiers. */
export class SubjectHistory {
  readonly points: PointTier;
  readonly minutes: MinuteTier;
  private readonly slotByMeasure = new Map<string, number>();
  /** By slot. */
  private readonly ends: SeriesEnd[] = [];
  /** Whether the newest snapshot lists the subject. */
  isListed = true;

  /**
   * `subject` undefined: the aggregate. `order`: how many subjects were seen before it. Those of different orders pack
   * at different times.
   */
  constructor(
    public subject: ChartSubject | undefined,
    private readonly changes: UnwrittenChanges,
    budget: PackingBudget,
    order: number,
  ) {
    const isAggregate = subject === undefined;
    const firstPoints = pointsPerChunk - ((order * phaseStep) % pointsPerChunk);
    this.points = new PointTier({ budget, hasSpread: isAggregate, firstPoints });
    this.minutes = new MinuteTier({ budget, isExact: isAggregate, lead: (order * phaseStep) % 60 });
  }

  /** Number of slots that a new chunk gets. It is rounded up, because measures appear one by one when a run starts. */
  get slotCapacity(): number {
    return Math.ceil(this.slotByMeasure.size / 4) * 4;
  }

  /** Slots by catalog id. */
  get slots(): ReadonlyMap<string, number> {
    return this.slotByMeasure;
  }

  /** Time of its newest row, or the end of its newest minute if only minutes are left; -Infinity if there is none. */
  get lastAt(): number {
    const minute = this.minutes.newestMinute;
    return Math.max(...this.ends.map(({ at }) => at), minute === undefined ? -Infinity : (minute + 1) * minuteMs - 1);
  }

  get isEmpty(): boolean {
    return this.points.isEmpty && this.minutes.isEmpty;
  }

  /** Catalog ids of a snapshot's measures that have no slot yet. `now` is the snapshot's time. */
  measuresWithoutSlot(measures: Record<string, Measure>, now: number): string[] {
    return Object.keys(measures).filter((id) => !this.slotByMeasure.has(id) && isMeasured(measures[id], now));
  }

  /** Adds a snapshot's measures to the series that have a slot, and a gap to those it lacks; the new rows to `added`. */
  note(measures: Record<string, Measure>, now: number, added: AddedRows): void {
    for (const [id, slot] of this.slotByMeasure) {
      const measure = Object.hasOwn(measures, id) ? measures[id] : undefined;
      addRowsFor(this.ends[slot] as SeriesEnd, measure, now, (row) => {
        this.put(slot, row);
        added.push(this.subject, id, row);
      });
    }
  }

  /** The slot of a measure; it gets one if it has none. */
  ensureSlot(measure: string): number {
    const existing = this.slotByMeasure.get(measure);
    if (existing !== undefined) return existing;
    this.ends.push({ at: -Infinity, to: -Infinity, inGap: true });
    this.slotByMeasure.set(measure, this.slotByMeasure.size);
    return this.slotByMeasure.size - 1;
  }

  /** Adds a row. If the clock went back, the rows at or after its time are removed, so that times ascend. */
  put(slot: number, { at, value, low, high }: SeriesRow): void {
    const end = this.ends[slot] as SeriesEnd;
    if (at <= end.at) this.truncate(slot, at);
    this.points.put(slot, this.slotCapacity, at, value, low, high);
    const isGap = Number.isNaN(value);
    if (isGap) this.minutes.gapAfter(slot, this.slotCapacity, minuteOf(at - 1));
    else this.putIntoMinute(slot, at, value, low, high);
    this.changes.minutes.add(isGap ? minuteOf(at - 1) + 1 : minuteOf(at));
    end.at = at;
    end.inGap = isGap;
    if (!isGap) end.to = at;
  }

  /**
   * The rows of a series between two times, both inclusive: minutes, then every point from where no point has been
   * dropped. The minute in which these points begin is included if they begin after its middle. Undefined if there is
   * no row.
   */
  read(measure: string, from: number, to: number): ChartSeries | undefined {
    const slot = this.slotByMeasure.get(measure);
    if (slot === undefined) return undefined;
    const series = newSeries(measure, this.subject);
    const { completeFrom } = this.points;
    if (completeFrom > from) this.readMinutes(slot, from, to, series);
    this.points.visit(slot, (at, value, low, high) => {
      if (at >= from && at <= to && at >= completeFrom) pushRow(series, at, value, low, high);
    });
    return series.at.length > 0 ? series : undefined;
  }

  /** Adds the minutes before the complete points to a series. */
  private readMinutes(slot: number, from: number, to: number, series: ChartSeries): void {
    const { completeFrom } = this.points;
    let firstPoint = Infinity;
    this.points.visit(slot, (at) => {
      if (at >= completeFrom) firstPoint = Math.min(firstPoint, at);
    });
    const lastMinute = minuteOf(completeFrom);
    // One minute more, because it may begin with the gap after the last dropped point.
    const end = Math.min(lastMinute + 2, minuteOf(to) + 1);
    this.minutes.visit(slot, minuteOf(from), end, (minute, mean, low, high, isGap) => {
      const at = minute * minuteMs + (isGap ? 0 : minuteMs / 2);
      if (at < from || at > to || at >= firstPoint || (minute > lastMinute && !isGap)) return;
      series.lowest ??= [];
      series.highest ??= [];
      pushRow(series, at, roundToSingle(mean), roundToSingle(low), roundToSingle(high));
    });
  }

  /**
   * The spread of a minute is between engines for the aggregate, and between the minute's values for a single subject.
   */
  private putIntoMinute(slot: number, at: number, value: number, low: number, high: number): void {
    const isSingle = this.subject !== undefined;
    this.minutes.put(slot, this.slotCapacity, at, value, isSingle ? value : low, isSingle ? value : high);
  }

  /** Removes what is at or after `at`, and computes its minute again from the points that are left. */
  private truncate(slot: number, at: number): void {
    const minute = minuteOf(at);
    this.points.truncate(slot, at);
    if (this.minutes.truncate(slot, minute))
      this.changes.truncatedAfter = Math.min(minute, this.changes.truncatedAfter ?? Infinity);
    this.points.visit(slot, (before, value, low, high) => {
      if (minuteOf(before) === minute && !Number.isNaN(value)) this.putIntoMinute(slot, before, value, low, high);
    });
  }
}
