/** The engines' work over time: when each of them worked, how far its counters advanced, and what the trainer did. */
import { PhaseLane } from './phaseLane';
import { RateColumns } from './rateColumns';
import { WorkLane } from './workLane';
import type { WorkReading } from './workReading';

/**
 * Keeps a row for each stretch of work of each engine. Sums of counters are exact over whole reports, also over a reload
 * and over a target that did not answer for a while. 64 engines with a rollout every 90 seconds need 7 MB a day.
 */
export class WorkHistory {
  readonly phases = new PhaseLane();
  readonly rates = new RateColumns();
  private readonly laneByEngine = new Map<string, WorkLane>();
  /** Time of the newest reading, Unix ms; -Infinity if there is none. */
  readAt = -Infinity;
  /** Grows whenever the clock went back: what was found in what is removed then is no longer true. */
  revision = 0;
  /** From this time on nothing has been dropped, Unix ms. */
  completeFrom = -Infinity;
  /** Everything after this time was removed since the last write to disk, because the clock went back; Unix ms. */
  truncatedAfter: number | undefined;

  /** In the order in which the engines were first seen. */
  get lanes(): Iterable<WorkLane> {
    return this.laneByEngine.values();
  }

  /** Of the typed arrays. */
  get bytes(): number {
    let sum = this.rates.bytes;
    for (const { rows } of this.laneByEngine.values()) sum += rows.bytes;
    return sum;
  }

  /** Adds what one scrape says. */
  add({ at, engines, phase, generationRate }: WorkReading): void {
    let isRewound = at < this.readAt;
    const listed = new Set<string>();
    for (const reading of engines) {
      listed.add(reading.id);
      if (!this.laneOf(reading.id, reading.name).add(reading)) isRewound = true;
    }
    if (isRewound) {
      this.revision += 1;
      this.truncatedAfter = Math.min(at, this.truncatedAfter ?? Infinity);
    }
    for (const lane of this.laneByEngine.values()) if (!listed.has(lane.id)) lane.close(at);
    if (this.phases.add(at, phase)) for (const lane of this.laneByEngine.values()) lane.split();
    if (generationRate !== undefined) this.rates.push(at, generationRate);
    this.readAt = at;
  }

  /** The lane of an engine, which is created if it is new. */
  laneOf(id: string, name: string): WorkLane {
    let lane = this.laneByEngine.get(id);
    if (!lane) {
      lane = new WorkLane(id, name);
      this.laneByEngine.set(id, lane);
    }
    return lane;
  }

  /** Drops what is older than a time. */
  dropBefore(time: number): void {
    this.completeFrom = Math.max(this.completeFrom, time);
    for (const [id, lane] of this.laneByEngine) {
      lane.dropBefore(time);
      if (lane.readAt < time && lane.rows.length === 0) this.laneByEngine.delete(id);
    }
    this.phases.dropBefore(time);
    this.rates.dropBefore(time);
  }

  /** Drops the oldest quarter of all rows. False if there are none. */
  dropOldest(): boolean {
    const times = [...this.laneByEngine.values()].flatMap(({ rows }) =>
      Array.from({ length: rows.length }, (_, index) => rows.at(index).readAt),
    );
    if (times.length === 0) return false;
    times.sort((a, b) => a - b);
    this.dropBefore((times[times.length >> 2] ?? 0) + 1);
    return true;
  }
}
