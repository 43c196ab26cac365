/** Backing off: a target that fails is asked less and less often, at least once a minute. */
import type { TargetResponse } from './scrapeTargets';

const maxDelayMs = 60_000;

/** How long to wait after this many failures in a row, in ms: at most a minute, or the interval if that is longer. */
export function backoffDelayMs(failures: number, intervalMs: number): number {
  return Math.max(intervalMs, Math.min(maxDelayMs, intervalMs * 2 ** Math.max(0, failures - 1)));
}

/** The targets that fail, each with its last failure. */
export class Backoff<Result> {
  private readonly failing = new Map<string, { failures: number; response: TargetResponse<Result> }>();

  /** The last failure of a target that must not be asked yet at `now` (Unix ms); undefined if it may be asked. */
  pendingFailure(url: string, now: number, intervalMs: number): TargetResponse<Result> | undefined {
    const failing = this.failing.get(url);
    if (!failing) return undefined;
    const { failures, response } = failing;
    // From the request on, since a time-out may take most of an interval. Half an interval of slack: otherwise a timer
    // that is a moment early would skip a whole interval.
    const dueAt = response.at - response.tookMs + backoffDelayMs(failures, intervalMs) - intervalMs / 2;
    return now < dueAt ? response : undefined;
  }

  /** Notes how targets answered that were asked. */
  add(responses: readonly TargetResponse<Result>[]): void {
    for (const response of responses) {
      const { url } = response.target;
      if (!response.error) this.failing.delete(url);
      else this.failing.set(url, { failures: (this.failing.get(url)?.failures ?? 0) + 1, response });
    }
  }

  /** Moves the times of failures by `ms`, because the machine's clock was set. */
  moveTimes(ms: number): void {
    for (const failing of this.failing.values())
      failing.response = { ...failing.response, at: failing.response.at + ms };
  }

  /** Forgets targets that are no longer listed. */
  forgetUnlisted(urls: ReadonlySet<string>): void {
    for (const url of this.failing.keys()) if (!urls.has(url)) this.failing.delete(url);
  }

  /** All targets may be asked at once. */
  clear(): void {
    this.failing.clear();
  }
}
