/** The answers of one scrape as readings, each with the answer that it is compared with. */
import { backendOf, type Backend } from '../discovery/rayBackend';
import type { SeriesIndexes } from '../metrics/seriesIndex';
import type { ReadingPair } from '../metrics/skyrlValues';
import { TargetReader, type TargetReading } from '../metrics/targetReader';
import type { SlicedWork } from '../shared/timeSlice';
import { LastReadings } from './lastReadings';
import type { MetricsResponse } from './snapshotSource';
import { TargetProcesses } from './targetProcesses';

/** The readings of one scrape. */
export interface ScrapeReadings {
  byUrl: ReadonlyMap<string, TargetReading>;
  /** Each reading with the one before it, if that still counts. */
  pairs: readonly ReadingPair[];
  /** The last moment at which an answer began, Unix ms. */
  at: number;
  /** Undefined if unknown. */
  rayVersion: string | undefined;
  /** How this Ray publishes metrics; undefined if its version is unknown. */
  backend: Backend | undefined;
}

/** Reads the answers of one run's targets, scrape after scrape. */
export class AnswerReader {
  private readonly targetReader: TargetReader;
  private readonly lastReadings = new LastReadings();
  readonly processes = new TargetProcesses();

  constructor(seriesIndexes: SeriesIndexes) {
    this.targetReader = new TargetReader(seriesIndexes);
  }

  /** Reads one scrape. `now`: its time if no target answered; `rayVersion`: the version if no series names it. */
  *read(answers: readonly MetricsResponse[], now: number, rayVersion: string | undefined): SlicedWork<ScrapeReadings> {
    const byUrl = new Map<string, TargetReading>();
    for (const { target, at, result } of answers) {
      if (result) byUrl.set(target.url, yield* this.targetReader.readInSteps(target.url, at, result));
      yield;
    }
    const readings = [...byUrl.values()];
    const pairs = readings.map((current): ReadingPair => {
      const change = this.processes.note(current);
      return { current, previous: change ? undefined : this.lastReadings.get(current.url), change };
    });
    const version = rayVersionIn(readings) ?? rayVersion;
    return {
      byUrl,
      pairs,
      at: readings.length > 0 ? Math.max(...readings.map(({ at }) => at)) : now,
      rayVersion: version,
      backend: backendOf(version),
    };
  }

  /** Moves the times that are kept by `ms`, because the machine's clock was set. */
  moveTimes(ms: number): void {
    this.lastReadings.moveTimes(ms);
    this.processes.moveTimes(ms);
  }

  /** Keeps what the next scrape is compared with; forgets targets that are no longer listed. */
  finish(readings: ScrapeReadings, answers: readonly MetricsResponse[], listedUrls: ReadonlySet<string>): void {
    this.targetReader.forgetUnlisted(listedUrls);
    this.processes.forgetUnlisted(listedUrls);
    this.lastReadings.update(readings.byUrl.values(), answers, listedUrls);
  }
}

function rayVersionIn(readings: readonly TargetReading[]): string | undefined {
  for (const { engines } of readings)
    for (const { meta } of engines.values()) if (meta.rayVersion !== undefined) return meta.rayVersion;
  return undefined;
}
