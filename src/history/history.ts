/** The history of one run in memory: its measures, bands and distributions over time. */
import type { Snapshot } from '../api';
import type { ChartData, ChartIncrement, ChartQuery, ChartSeries, ChartSubject } from '../shared/chartData';
import { AddedRows } from './addedRows';
import { BandHistory } from './bandHistory';
import { decimate } from './decimate';
import { DistributionHistory } from './distributionHistory';
import { findReusedNames, markEarlier } from './earlierNames';
import { dropOldestUntil, expectRows, roundOldest } from './historyBudget';
import { minuteOf } from './minuteTier';
import { newPackingBudget } from './packingBudget';
import { SubjectHistory, type UnwrittenChanges } from './subjectHistory';
import { WorkHistory } from './workHistory';
import type { WorkReading } from './workReading';

const hourMs = 3_600_000;
/** How long every point is kept, in the snapshots' own time. Points are dropped in chunks of ten minutes. */
export const fullRateMs = hourMs;
/** Most series of single subjects: all measures of some 600 engines. The aggregate's series are not limited. */
const maxSubjectSeries = 32_000;
/** Most bytes of all typed arrays. */
const defaultBudgetBytes = 128 * 2 ** 20;

/** The node of a subject, if its address is known. */
const nodeField = (node: string): Pick<ChartSubject, 'node'> => (node === '' ? {} : { node });

/** Numbers are rounded while more of the budget is used, so that room is left for what is open. */
const comfortableShare = 0.92;

interface HistoryOptions {
  /** How long minutes are kept, in hours. */
  hours?: () => number;
  budgetBytes?: number;
  /** Most series of single subjects. */
  maxSeries?: number;
}

/** What a history had to do to stay within its bytes. */
export type HistoryShortage = 'none' | 'rounded' | 'dropped';

type HistoryInput = Pick<Snapshot, 'at' | 'measures' | 'engines' | 'parts' | 'distributions'>;
type Measures = Snapshot['measures'];

/**
 * Measures of the aggregate and of each subject: every point for an hour, one for each distinct `to` of a measure;
 * before that the mean, lowest and highest of each minute.
 *
 * A measure that is missing, or was not measured for minutes, leaves a gap. The history is bounded by age (in the
 * snapshots' own time), by number of series and by bytes: the oldest data of single subjects is dropped first. A
 * subject that is no longer listed is dropped with its last minute.
 */
export class History {
  readonly changes: UnwrittenChanges = { minutes: new Set(), truncatedAfter: undefined };
  readonly packing = newPackingBudget();
  readonly aggregate = new SubjectHistory(undefined, this.changes, this.packing, 0);
  readonly bandHistory = new BandHistory();
  readonly distributionHistory: DistributionHistory;
  readonly work = new WorkHistory();
  /** By id. */
  private readonly bySubject = new Map<string, SubjectHistory>();
  private readonly options: Required<HistoryOptions>;
  private seenSubjects = 0;
  /** Of single subjects. */
  private seriesCount = 0;
  /** What did not fit into the bytes so far: nothing, the digits of old numbers, or the oldest numbers. */
  shortage: HistoryShortage = 'none';
  /** Time of the newest snapshot, or of the load from disk. */
  newestAt = -Infinity;

  constructor(options: HistoryOptions = {}) {
    this.options = { hours: () => 24, budgetBytes: defaultBudgetBytes, maxSeries: maxSubjectSeries, ...options };
    this.distributionHistory = new DistributionHistory(this.options.hours);
  }

  /** Of the typed arrays. */
  get bytes(): number {
    return this.packing.bytes + this.distributionHistory.bytes + this.work.bytes;
  }

  /** The aggregate, then the subjects in the order in which they were first seen. */
  get subjectHistories(): SubjectHistory[] {
    return [this.aggregate, ...this.bySubject.values()];
  }

  /** The subjects with data: engines, then others; of both those that the newest snapshot lists first. */
  get subjects(): ChartSubject[] {
    return this.orderedHistories().flatMap(({ subject }) => subject ?? []);
  }

  /** Time of the aggregate's newest row, or the end of its newest minute if only minutes are left; else -Infinity. */
  get lastAt(): number {
    return this.aggregate.lastAt;
  }

  /** Adds a snapshot and returns what is new. Its cost is linear in the number of series. */
  add(snapshot: Snapshot): ChartIncrement {
    const added = this.addMeasures(snapshot);
    const bands = this.bandHistory.add(snapshot, this.keepFrom(snapshot.at));
    const distributions = this.distributionHistory.add(snapshot);
    this.dropExpired();
    const { engineCount } = this;
    return {
      get series() {
        return added.series;
      },
      bands,
      distributions,
      engineCount,
    };
  }

  /** Adds what a scrape says of the engines' work, live or of the past. It belongs before the scrape's snapshot. */
  addWork(reading: WorkReading): void {
    this.work.add(reading);
  }

  /** Adds a snapshot of the time between the newest data and the first live snapshot. It has no states and phases. */
  backfill(snapshot: HistoryInput): void {
    this.addMeasures(snapshot);
    this.distributionHistory.add(snapshot);
    this.dropExpired();
  }

  /** A copy of the selected data, without distributions. With `maxPoints` series are decimated. */
  query({ measures, engines, from, to, maxPoints }: ChartQuery): ChartData {
    const reusedNames = findReusedNames(this.bySubject.values());
    const series = this.selectHistories(engines)
      .flatMap((history) => measures.flatMap((id) => history.read(id, from, to) ?? []))
      .map((one) => markEarlier(maxPoints === undefined ? one : decimate(one, maxPoints), reusedNames));
    const bands = this.bandHistory.bandsBetween(from, to).map((band) => {
      if (!band.engine) return band;
      const engine = this.bySubject.get(band.engine.id)?.subject ?? band.engine;
      return markEarlier({ ...band, engine }, reusedNames);
    });
    return { series, bands, engineCount: this.engineCount };
  }

  /** The measures that have, or had, rows. */
  get measures(): string[] {
    return [...new Set(this.subjectHistories.flatMap(({ slots }) => [...slots.keys()]))];
  }

  /** Copies of the series with rows between two times, one after the other: of all engines together, then of each subject. */
  *readAll(from: number, to: number): Generator<ChartSeries> {
    const reusedNames = findReusedNames(this.bySubject.values());
    for (const history of [this.aggregate, ...this.orderedHistories()])
      for (const measure of history.slots.keys()) {
        const series = history.read(measure, from, to);
        if (series) yield markEarlier(series, reusedNames);
      }
  }

  /** The history of a subject, which is created if it is new; of the aggregate if `subject` is undefined. */
  subjectHistoryOf(subject: ChartSubject | undefined): SubjectHistory {
    if (!subject) return this.aggregate;
    const existing = this.bySubject.get(subject.id);
    if (existing) return existing;
    const history = new SubjectHistory(subject, this.changes, this.packing, ++this.seenSubjects);
    this.bySubject.set(subject.id, history);
    return history;
  }

  /** The slot of a measure, which is created if there is room for another series; else undefined. */
  allocateSlot(history: SubjectHistory, measure: string): number | undefined {
    const existing = history.slots.get(measure);
    if (existing !== undefined) return existing;
    if (history.subject && this.seriesCount >= this.options.maxSeries) return undefined;
    if (history.subject) this.seriesCount += 1;
    return history.ensureSlot(measure);
  }

  /** Prepares for so many points and minutes from disk. */
  expectRows(points: number, minutes: number): void {
    expectRows(this.packing, comfortableShare * this.options.budgetBytes, points, minutes);
  }

  /** Marks everything as written and drops what is too old, after reading from disk. */
  finishLoading(now: number): void {
    this.newestAt = now;
    for (const { points } of this.subjectHistories) points.markWritten();
    this.distributionHistory.finishLoading(now);
    this.changes.truncatedAfter = undefined;
    this.dropExpired();
  }

  private get engineCount(): number {
    let count = 0;
    for (const { subject } of this.bySubject.values()) if (!subject?.nonEngine) count += 1;
    return count;
  }

  private addMeasures({ at, measures, engines, parts = [] }: HistoryInput): AddedRows {
    const added = new AddedRows();
    this.note(this.aggregate, measures, at, added);
    for (const history of this.bySubject.values()) history.isListed = false;
    const addSubject = (subject: ChartSubject, subjectMeasures: Measures): void => {
      const history = this.subjectHistoryOf(subject);
      history.isListed = true;
      history.subject = subject;
      this.note(history, subjectMeasures, at, added);
    };
    for (const { id, name, node, measures: own } of engines) addSubject({ id, name, ...nodeField(node) }, own);
    for (const { id, name, node, measures: own } of parts)
      addSubject({ id, name, ...nodeField(node), nonEngine: true }, own);
    for (const history of this.bySubject.values()) if (!history.isListed) this.note(history, {}, at, added);
    this.newestAt = at;
    return added;
  }

  private note(history: SubjectHistory, measures: Measures, now: number, added: AddedRows): void {
    for (const id of history.measuresWithoutSlot(measures, now)) this.allocateSlot(history, id);
    history.note(measures, now, added);
  }

  private dropExpired(): void {
    const oldestMinute = minuteOf(this.keepFrom(this.newestAt));
    for (const { points, minutes } of this.subjectHistories) {
      points.dropBefore(this.newestAt - fullRateMs);
      minutes.dropBefore(oldestMinute);
    }
    for (const [id, history] of this.bySubject) {
      if (history.isListed || !history.isEmpty) continue;
      this.bySubject.delete(id);
      this.seriesCount -= history.slots.size;
    }
    this.work.dropBefore(this.keepFrom(this.newestAt));
    this.roundOldest();
    const fits = (): boolean => this.bytes <= this.options.budgetBytes;
    if (!fits()) this.shortage = 'dropped';
    if (!fits()) dropOldestUntil([...this.bySubject.values()], fits);
    while (!fits() && this.work.dropOldest());
  }

  /** Rounds some of the oldest numbers if there is little room left. False if nothing was rounded. */
  roundOldest(): boolean {
    const comfortable = comfortableShare * this.options.budgetBytes - this.distributionHistory.bytes - this.work.bytes;
    if (this.packing.bytes <= comfortable) return false;
    if (this.shortage === 'none') this.shortage = 'rounded';
    return roundOldest([...this.bySubject.values()], this.packing, comfortable, Math.ceil(this.bySubject.size / 16));
  }

  private keepFrom(now: number): number {
    return now - this.options.hours() * hourMs;
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
}
