/** The last good answer of each target, to compare the next one with. */
import type { TargetReading } from '../metrics/targetReader';
import type { MetricsResponse } from './snapshotSource';

interface LastReading {
  reading: TargetReading;
  /** How many requests have failed since. */
  failures: number;
}

/** Keeps a target's last good answer through one failure: differences over more than that are left out. */
export class LastReadings {
  private readonly byUrl = new Map<string, LastReading>();

  /** The last good answer of a target, if it still counts. */
  get(url: string): TargetReading | undefined {
    return this.byUrl.get(url)?.reading;
  }

  /** Moves the times of answers by `ms`, because the machine's clock was set. */
  moveTimes(ms: number): void {
    for (const last of this.byUrl.values()) last.reading = { ...last.reading, at: last.reading.at + ms };
  }

  /** Notes the answers of one scrape; targets that are no longer listed are forgotten. */
  update(
    readings: Iterable<TargetReading>,
    answers: readonly MetricsResponse[],
    listedUrls: ReadonlySet<string>,
  ): void {
    for (const reading of readings) this.byUrl.set(reading.url, { reading, failures: 0 });
    for (const { target, error, sameAs } of answers) {
      // Another target has had its series meanwhile.
      if (sameAs !== undefined) this.byUrl.delete(target.url);
      const last = this.byUrl.get(target.url);
      if (!error || !last) continue;
      last.failures += 1;
      if (last.failures > 1) this.byUrl.delete(target.url);
    }
    for (const url of this.byUrl.keys()) if (!listedUrls.has(url)) this.byUrl.delete(url);
  }
}
