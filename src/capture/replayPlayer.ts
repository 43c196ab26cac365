/** Plays a replay at its own pace: one scrape for each step. */
import type { CaptureReplay } from './captureReplay';

/** A playing replay. */
export interface ReplayPlayer {
  /** Moves on to the next step now, without scraping. False at the last step. */
  skip(): boolean;
  stop(): void;
}

/**
 * Starts playing. `scrape` scrapes the current step; what it rejects with is passed to `onError`, and playing
 * continues.
 */
export function playReplay(
  replay: CaptureReplay,
  scrape: () => Promise<unknown>,
  onError: (error: unknown) => void,
): ReplayPlayer {
  let cancelNext = (): void => undefined;
  let isStopped = false;
  const scheduleNext = (): void => {
    cancelNext();
    const { waitMs } = replay;
    if (!isStopped && waitMs !== undefined)
      cancelNext = replay.clock.after(waitMs, () => {
        replay.next();
        void scrapeStep();
      });
  };
  const scrapeStep = async (): Promise<void> => {
    try {
      await scrape();
    } catch (error) {
      onError(error);
    }
    scheduleNext();
  };
  void scrapeStep();
  return {
    skip: () => {
      const hasNext = replay.next();
      scheduleNext();
      return hasNext;
    },
    stop: () => {
      isStopped = true;
      cancelNext();
    },
  };
}
