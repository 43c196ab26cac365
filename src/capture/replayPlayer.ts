/** Plays a recording at its own pace: one scrape a step. */
import type { CaptureReplay } from './captureReplay';

export interface ReplayPlayer {
  /** Goes on to the next step now; whoever asks for it scrapes. False at the last one. */
  skip(): boolean;
  stop(): void;
}

/** `scrape` takes in the step that the replay stands at; what it throws goes to `failed` and stops nothing. */
export function playReplay(
  replay: CaptureReplay,
  scrape: () => Promise<unknown>,
  failed: (error: unknown) => void,
): ReplayPlayer {
  let cancel = (): void => undefined;
  let stopped = false;
  const wait = (): void => {
    cancel();
    const { stepDurationMs } = replay;
    if (!stopped && stepDurationMs !== undefined) cancel = replay.clock.after(stepDurationMs, () => void step());
  };
  const step = async (): Promise<void> => {
    replay.next();
    await take();
  };
  const take = async (): Promise<void> => {
    try {
      await scrape();
    } catch (error) {
      failed(error);
    }
    wait();
  };
  void take();
  return {
    skip: () => {
      const more = replay.next();
      wait();
      return more;
    },
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}
