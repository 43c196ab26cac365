import type { Snapshot } from '../api';
import type { ChartBand, ChartData, ChartSubject, ChartIncrement, ChartQuery, ChartSeries } from '../shared/chartData';
import { decimate } from './decimate';
import { DistributionHistory } from './distributionHistory';
import { BandHistory } from './bandHistory';
import { SubjectHistory, type UnwrittenChanges } from './subjectHistory';

const hourMs = 3_600_000;
/** How far back every point is kept, in ms of the snapshots' own time; a chunk of ten minutes goes at once. */
export const fullRateMs = hourMs;
/** All measures of some 200 engines at a time; aggregates always have their place. */
const maxSubjectSeries = 12_000;
/** What typed arrays may hold in all: 64 engines × 40 measures at 10 s need 57 MB for a day, vLLM's histograms 3 MB. */
export const budgetBytes = 62 * 2 ** 20;

export interface HistoryOptions {
  /** How far back minutes are kept. */
  hours?: () => number;
  budgetBytes?: number;
  /** Of single engines. */
  maxSeries?: number;
}

/** What the history takes of a snapshot. */
type HistoryInput = Pick<Snapshot, 'at' | 'measures' | 'engines' | 'parts' | 'distributions'>;

/**
 * One run's measures, aggregate, per engine and per part (nodes, GPUs, the trainer, servers): every point for an hour, one for each `to` that a measure
 * had; then each minute's mean, lowest and highest. And the buckets of its histograms.
 *
 * A measure that is missing, or was not measured for minutes, leaves a gap. Bounded by age (by the snapshots' own time), by series and by bytes: beyond
 * those the oldest of single engines and parts goes first. An engine or part that is gone goes with its last minute.
 */
export class History {
  readonly changes: UnwrittenChanges = { minutes: new Set(), truncatedAfter: undefined };
  readonly aggregate = new SubjectHistory(undefined, this.changes);
  readonly bandHistory = new BandHistory();
  readonly distributionHistory: DistributionHistory;
  /** Engines and parts. */
  private readonly bySubject = new Map<string, SubjectHistory>();
  private readonly options: Required<HistoryOptions>;
  private seriesCount = 0;
  /** Time of the newest snapshot, or of the newest row from disk. */
  newestAt = -Infinity;

  constructor(options: HistoryOptions = {}) {
    this.options = { hours: () => 24, budgetBytes, maxSeries: maxSubjectSeries, ...options };
    this.distributionHistory = new DistributionHistory(this.options.hours);
  }

  /** Of the typed arrays. */
  get bytes(): number {
    return this.subjectHistories.reduce((sum, owner) => sum + owner.bytes, this.distributionHistory.bytes);
  }

  /** The aggregate first, then engines and parts in the order in which they were met. */
  get subjectHistories(): SubjectHistory[] {
    return [this.aggregate, ...this.bySubject.values()];
  }

  /** Every engine of which something is kept: those that the newest snapshot lists first, then in the order in which they were met; then parts likewise. */
  get subjects(): ChartSubject[] {
    return this.orderedHistories().flatMap(({ subject }) => subject ?? []);
  }

  private get engineCount(): number {
    let count = 0;
    for (const { subject } of this.bySubject.values()) if (!subject?.nonEngine) count += 1;
    return count;
  }

  /** Notes a snapshot and returns what it added. Linear in the number of series. */
  add(snapshot: Snapshot): ChartIncrement {
    const { at } = snapshot;
    const added = this.noteAll(snapshot);
    const bands = this.bandHistory.add(snapshot, this.keepFrom(at));
    const distributions = this.distributionHistory.add(snapshot);
    this.dropExpired();
    return { series: added, bands, distributions, engineCount: this.engineCount };
  }

  /** Takes measures of the time before the first snapshot in, later than all that is kept; of states and phases they know nothing. */
  backfill(snapshot: HistoryInput): void {
    this.noteAll(snapshot);
    this.distributionHistory.add(snapshot);
    this.dropExpired();
  }

  /** The time of the newest row of the aggregate, a minute's end where only minutes are left; -Infinity where there is none. */
  get lastAt(): number {
    return this.aggregate.lastAt;
  }

  private noteAll({ at, measures: all, engines, parts = [] }: HistoryInput): ChartSeries[] {
    const added: ChartSeries[] = this.note(this.aggregate, all, at);
    for (const owner of this.bySubject.values()) owner.isListed = false;
    const listed: [ChartSubject, Snapshot['measures']][] = [
      ...engines.map(({ id, name, measures }): [ChartSubject, Snapshot['measures']] => [{ id, name }, measures]),
      ...parts.map(({ id, name, measures }): [ChartSubject, Snapshot['measures']] => [
        { id, name, nonEngine: true },
        measures,
      ]),
    ];
    for (const [engine, measures] of listed) {
      const owner = this.subjectHistoryOf(engine);
      owner.isListed = true;
      owner.subject = engine;
      added.push(...this.note(owner, measures, at));
    }
    for (const owner of this.bySubject.values()) if (!owner.isListed) added.push(...this.note(owner, {}, at));
    this.newestAt = at;
    return added;
  }

  /** What was asked for, as a copy; times are inclusive. Decimated where `maxPoints` says so: extremes and gaps stay. */
  query({ measures, engines, from, to, maxPoints }: ChartQuery): ChartData {
    const series = this.selectHistories(engines).flatMap((owner) =>
      measures.flatMap((id) => owner.read(id, from, to) ?? []),
    );
    const earlier = this.namesTaken();
    return {
      series: series.map((one) => markEarlier(maxPoints === undefined ? one : decimate(one, maxPoints), earlier)),
      bands: this.bandHistory.bandsBetween(from, to).map((band) => this.nameOf(band, earlier)),
      engineCount: this.engineCount,
    };
  }

  /** What is kept of an engine or a part; begins it where it is new. `undefined`: the aggregate. */
  subjectHistoryOf(engine: ChartSubject | undefined): SubjectHistory {
    if (!engine) return this.aggregate;
    const known = this.bySubject.get(engine.id);
    if (known) return known;
    const owner = new SubjectHistory(engine, this.changes);
    this.bySubject.set(engine.id, owner);
    return owner;
  }

  /** Begins a series that disk knows, where there is room for it. */
  allocateSlot(owner: SubjectHistory, measure: string): number | undefined {
    const known = owner.slots.get(measure);
    if (known !== undefined) return known;
    if (owner.subject && this.seriesCount >= this.options.maxSeries) return undefined;
    if (owner.subject) this.seriesCount += 1;
    return owner.ensureSlot(measure);
  }

  private note(owner: SubjectHistory, measures: Snapshot['measures'], now: number): ChartSeries[] {
    owner.addMissingSeries(measures, now, (id) => void this.allocateSlot(owner, id));
    return owner.note(measures, now);
  }

  /** After reading from disk: all that is here is on disk, and what is too old goes. */
  finishLoading(now: number): void {
    this.newestAt = now;
    for (const owner of this.subjectHistories) owner.points.markWritten();
    this.distributionHistory.finishLoading(now);
    this.changes.truncatedAfter = undefined;
    this.dropExpired();
  }

  /** Drops what is too old, and what is too much. */
  dropExpired(): void {
    const hour = Math.floor(this.keepFrom(this.newestAt) / hourMs);
    for (const owner of this.subjectHistories) {
      owner.points.dropBefore(this.newestAt - fullRateMs);
      owner.minutes.dropBefore(hour);
    }
    for (const [id, owner] of this.bySubject) {
      if (owner.isListed || !owner.isEmpty) continue;
      this.bySubject.delete(id);
      this.seriesCount -= owner.slots.size;
    }
    this.shrink();
  }

  private keepFrom(now: number): number {
    return now - this.options.hours() * hourMs;
  }

  /** Drops the oldest of single engines until the rest fits: their oldest hours, then their oldest points. */
  private shrink(): void {
    let bytes = this.bytes;
    while (bytes > this.options.budgetBytes) {
      const owners = [...this.bySubject.values()];
      const hours = owners.flatMap(({ minutes }) => minutes.oldestHour ?? []);
      const points = owners.flatMap((owner) => owner.points.oldestChunkEnd ?? []);
      if (hours.length > 0) {
        const oldest = Math.min(...hours);
        for (const { minutes } of owners) if (minutes.oldestHour === oldest) minutes.dropBefore(oldest + 1);
      } else if (points.length > 0) {
        const oldest = Math.min(...points);
        for (const owner of owners) if (owner.points.oldestChunkEnd === oldest) owner.points.dropOldest();
      } else return;
      bytes = this.bytes;
    }
  }

  private selectHistories(engines: ChartQuery['engines']): SubjectHistory[] {
    if (engines === 'aggregate') return [this.aggregate];
    if (engines === 'each') return this.orderedHistories();
    return engines.flatMap((id) => this.bySubject.get(id) ?? []);
  }

  private orderedHistories(): SubjectHistory[] {
    const rank = ({ isListed, subject }: SubjectHistory): number => (subject?.nonEngine ? 2 : 0) + (isListed ? 0 : 1);
    return [...this.bySubject.values()].sort((a, b) => rank(a) - rank(b));
  }

  /** After a reload names are given anew: an engine of before may bear a living one's name. */
  private namesTaken(): ReadonlySet<string> {
    const living = new Set(
      [...this.bySubject.values()].flatMap(({ isListed, subject }) => (isListed && subject ? [subject.name] : [])),
    );
    return new Set(
      [...this.bySubject.values()].flatMap(({ isListed, subject }) =>
        !isListed && subject && living.has(subject.name) ? [subject.id] : [],
      ),
    );
  }

  private nameOf(band: ChartBand, earlier: ReadonlySet<string>): ChartBand {
    if (!band.engine) return band;
    return markEarlier({ ...band, engine: this.bySubject.get(band.engine.id)?.subject ?? band.engine }, earlier);
  }
}

function markEarlier<T extends { engine?: ChartSubject }>(thing: T, earlier: ReadonlySet<string>): T {
  if (!thing.engine || !earlier.has(thing.engine.id)) return thing;
  return { ...thing, engine: { ...thing.engine, name: `${thing.engine.name} (earlier)` } };
}
