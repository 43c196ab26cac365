/** The longest time that the event loop was blocked. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const resolutionMs = 1;

/** Measures from its construction on. */
export class LongestBlock {
  private readonly delay = monitorEventLoopDelay({ resolution: resolutionMs });

  constructor() {
    this.delay.enable();
  }

  /** Ends the measurement. The longest block in ms, without the timer's own interval. */
  async end(): Promise<number> {
    // The timer notices the last block only after it.
    await sleep(2 * resolutionMs);
    this.delay.disable();
    return Math.max(0, this.delay.max / 1e6 - resolutionMs);
  }
}
