import type { Snapshot } from '../api';
import type {
  ChartBand,
  ChartData,
  ChartEngine,
  ChartIncrement,
  ChartQuery,
  ChartSeries,
} from '../shared/chartData';
import { decimate } from './decimate';
import { Distributions } from './distributionHistory';
import { Marks } from './bandHistory';
import { Owner, type Changes } from './subjectHistory';

const HOUR_MS = 3_600_000;
/** How far back every point is kept, in ms of the snapshots' own time; a chunk of ten minutes goes at once. */
export const FULL_RATE_MS = HOUR_MS;
/** All measures of some 200 engines at a time; aggregates always have their place. */
const MAX_SERIES = 12_000;
/** What typed arrays may hold in all: 64 engines × 40 measures at 10 s need 57 MB for a day, vLLM's histograms 3 MB. */
export const BUDGET_BYTES = 62 * 2 ** 20;

export interface HistoryOptions {
  /** How far back minutes are kept. */
  hours?: () => number;
  budgetBytes?: number;
  /** Of single engines. */
  maxSeries?: number;
}

/** What the history takes of a snapshot. */
type Measured = Pick<Snapshot, 'at' | 'measures' | 'engines' | 'parts' | 'distributions'>;

/**
 * One run's measures, aggregate, per engine and per part (nodes, GPUs, the trainer, servers): every point for an hour, one for each `to` that a measure
 * had; then each minute's mean, lowest and highest. And the buckets of its histograms.
 *
 * A measure that is missing, or was not measured for minutes, leaves a gap. Bounded by age (by the snapshots' own time), by series and by bytes: beyond
 * those the oldest of single engines and parts goes first. An engine or part that is gone goes with its last minute.
 */
export class History {
  readonly changes: Changes = { minutes: new Set(), back: undefined };
  readonly aggregate = new Owner(undefined, this.changes);
  readonly marks = new Marks();
  readonly distributions: Distributions;
  /** Engines and parts. */
  private readonly single = new Map<string, Owner>();
  private readonly options: Required<HistoryOptions>;
  private seriesCount = 0;
  /** Time of the newest snapshot, or of the newest row from disk. */
  newest = -Infinity;

  constructor(options: HistoryOptions = {}) {
    this.options = { hours: () => 24, budgetBytes: BUDGET_BYTES, maxSeries: MAX_SERIES, ...options };
    this.distributions = new Distributions(this.options.hours);
  }

  /** Of the typed arrays. */
  get bytes(): number {
    return this.owners.reduce((sum, owner) => sum + owner.bytes, this.distributions.bytes);
  }

  /** The aggregate first, then engines and parts in the order in which they were met. */
  get owners(): Owner[] {
    return [this.aggregate, ...this.single.values()];
  }

  /** Every engine of which something is kept: those that the newest snapshot lists first, then in the order in which they were met; then parts likewise. */
  get known(): ChartEngine[] {
    return this.inOrder().flatMap(({ engine }) => engine ?? []);
  }

  private get engineCount(): number {
    let count = 0;
    for (const { engine } of this.single.values()) if (!engine?.part) count += 1;
    return count;
  }

  /** Notes a snapshot and returns what it added. Linear in the number of series. */
  add(snapshot: Snapshot): ChartIncrement {
    const { at } = snapshot;
    const added = this.noteAll(snapshot);
    const bands = this.marks.add(snapshot, this.keepFrom(at));
    const distributions = this.distributions.add(snapshot);
    this.forget();
    return { series: added, bands, distributions, engines: this.engineCount };
  }

  /** Takes measures of the time before the first snapshot in, later than all that is kept; of states and phases they know nothing. */
  fill(snapshot: Measured): void {
    this.noteAll(snapshot);
    this.distributions.add(snapshot);
    this.forget();
  }

  /** The time of the newest row of the aggregate, a minute's end where only minutes are left; -Infinity where there is none. */
  get last(): number {
    return this.aggregate.last;
  }

  private noteAll({ at, measures: all, engines, parts = [] }: Measured): ChartSeries[] {
    const added: ChartSeries[] = this.note(this.aggregate, all, at);
    for (const owner of this.single.values()) owner.listed = false;
    const listed: [ChartEngine, Snapshot['measures']][] = [
      ...engines.map(({ id, name, measures }): [ChartEngine, Snapshot['measures']] => [{ id, name }, measures]),
      ...parts.map(({ id, name, measures }): [ChartEngine, Snapshot['measures']] => [
        { id, name, part: true },
        measures,
      ]),
    ];
    for (const [engine, measures] of listed) {
      const owner = this.ownerOf(engine);
      owner.listed = true;
      owner.engine = engine;
      added.push(...this.note(owner, measures, at));
    }
    for (const owner of this.single.values()) if (!owner.listed) added.push(...this.note(owner, {}, at));
    this.newest = at;
    return added;
  }

  /** What was asked for, as a copy; times are inclusive. Decimated where `maxPoints` says so: extremes and gaps stay. */
  query({ measures, engines, from, to, maxPoints }: ChartQuery): ChartData {
    const series = this.asked(engines).flatMap((owner) => measures.flatMap((id) => owner.read(id, from, to) ?? []));
    const earlier = this.namesTaken();
    return {
      series: series.map((one) => named(maxPoints === undefined ? one : decimate(one, maxPoints), earlier)),
      bands: this.marks.between(from, to).map((band) => this.nameOf(band, earlier)),
      engines: this.engineCount,
    };
  }

  /** What is kept of an engine or a part; begins it where it is new. `undefined`: the aggregate. */
  ownerOf(engine: ChartEngine | undefined): Owner {
    if (!engine) return this.aggregate;
    const known = this.single.get(engine.id);
    if (known) return known;
    const owner = new Owner(engine, this.changes);
    this.single.set(engine.id, owner);
    return owner;
  }

  /** Begins a series that disk knows, where there is room for it. */
  slotOf(owner: Owner, measure: string): number | undefined {
    const known = owner.measures.get(measure);
    if (known !== undefined) return known;
    if (owner.engine && this.seriesCount >= this.options.maxSeries) return undefined;
    if (owner.engine) this.seriesCount += 1;
    return owner.slotOf(measure);
  }

  private note(owner: Owner, measures: Snapshot['measures'], now: number): ChartSeries[] {
    owner.begin(measures, now, (id) => void this.slotOf(owner, id));
    return owner.note(measures, now);
  }

  /** After reading from disk: all that is here is on disk, and what is too old goes. */
  settle(now: number): void {
    this.newest = now;
    for (const owner of this.owners) owner.points.markWritten();
    this.distributions.settle(now);
    this.changes.back = undefined;
    this.forget();
  }

  /** Drops what is too old, and what is too much. */
  forget(): void {
    const hour = Math.floor(this.keepFrom(this.newest) / HOUR_MS);
    for (const owner of this.owners) {
      owner.points.dropBefore(this.newest - FULL_RATE_MS);
      owner.minutes.dropBefore(hour);
    }
    for (const [id, owner] of this.single) {
      if (owner.listed || !owner.empty) continue;
      this.single.delete(id);
      this.seriesCount -= owner.measures.size;
    }
    this.shrink();
  }

  private keepFrom(now: number): number {
    return now - this.options.hours() * HOUR_MS;
  }

  /** Drops the oldest of single engines until the rest fits: their oldest hours, then their oldest points. */
  private shrink(): void {
    let bytes = this.bytes;
    while (bytes > this.options.budgetBytes) {
      const owners = [...this.single.values()];
      const hours = owners.flatMap(({ minutes }) => minutes.oldest ?? []);
      const points = owners.flatMap((owner) => owner.points.oldest ?? []);
      if (hours.length > 0) {
        const oldest = Math.min(...hours);
        for (const { minutes } of owners) if (minutes.oldest === oldest) minutes.dropBefore(oldest + 1);
      } else if (points.length > 0) {
        const oldest = Math.min(...points);
        for (const owner of owners) if (owner.points.oldest === oldest) owner.points.dropOldest();
      } else return;
      bytes = this.bytes;
    }
  }

  private asked(engines: ChartQuery['engines']): Owner[] {
    if (engines === 'aggregate') return [this.aggregate];
    if (engines === 'each') return this.inOrder();
    return engines.flatMap((id) => this.single.get(id) ?? []);
  }

  private inOrder(): Owner[] {
    const rank = ({ listed, engine }: Owner): number => (engine?.part ? 2 : 0) + (listed ? 0 : 1);
    return [...this.single.values()].sort((a, b) => rank(a) - rank(b));
  }

  /** After a reload names are given anew: an engine of before may bear a living one's name. */
  private namesTaken(): ReadonlySet<string> {
    const living = new Set(
      [...this.single.values()].flatMap(({ listed, engine }) => (listed && engine ? [engine.name] : [])),
    );
    return new Set(
      [...this.single.values()].flatMap(({ listed, engine }) =>
        !listed && engine && living.has(engine.name) ? [engine.id] : [],
      ),
    );
  }

  private nameOf(band: ChartBand, earlier: ReadonlySet<string>): ChartBand {
    if (!band.engine) return band;
    return named({ ...band, engine: this.single.get(band.engine.id)?.engine ?? band.engine }, earlier);
  }
}

function named<T extends { engine?: ChartEngine }>(thing: T, earlier: ReadonlySet<string>): T {
  if (!thing.engine || !earlier.has(thing.engine.id)) return thing;
  return { ...thing, engine: { ...thing.engine, name: `${thing.engine.name} (earlier)` } };
}
