/** The longest time that nobody else's event could be served. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const resolutionMs = 1;

export class LongestBlock {
  private readonly delay = monitorEventLoopDelay({ resolution: resolutionMs });

  constructor() {
    this.delay.enable();
  }

  /** ms; beyond the timer's own interval. */
  async end(): Promise<number> {
    // What blocked last is seen by the timer after it.
    await sleep(2 * resolutionMs);
    this.delay.disable();
    return Math.max(0, this.delay.max / 1e6 - resolutionMs);
  }
}
