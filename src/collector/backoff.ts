/** A target that cannot be reached is asked less and less often, down to once a minute. */
import type { TargetResponse } from './scrapeTargets';

const atLeastEveryMs = 60_000;

/** How long to wait after so many failures in a row, in ms. */
export function backoffDelayMs(failures: number, intervalMs: number): number {
  return Math.min(atLeastEveryMs, intervalMs * 2 ** Math.max(0, failures - 1));
}

export class Backoff<Result> {
  private readonly failing = new Map<string, { failures: number; answer: TargetResponse<Result> }>();

  /** The last failure of a target that is not due yet at `now`, to stand for the answer it is not asked for. */
  pendingFailure(url: string, now: number, intervalMs: number): TargetResponse<Result> | undefined {
    const failing = this.failing.get(url);
    // Half an interval of slack, or a timer that is a moment early would wait a whole round more.
    const due = failing && failing.answer.at + backoffDelayMs(failing.failures, intervalMs) - intervalMs / 2;
    return due !== undefined && now < due ? failing?.answer : undefined;
  }

  /** Takes in the answers of targets that were asked. */
  add(answers: readonly TargetResponse<Result>[]): void {
    for (const answer of answers) {
      const { url } = answer.target;
      if (answer.error) this.failing.set(url, { failures: (this.failing.get(url)?.failures ?? 0) + 1, answer });
      else this.failing.delete(url);
    }
  }

  /** Asks everyone again at the next opportunity. */
  clear(): void {
    this.failing.clear();
  }
}
