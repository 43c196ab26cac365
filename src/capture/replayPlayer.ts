/** Plays a recording at its own pace: one scrape a step. */
import type { ScrapeReplay } from './captureReplay';

export interface Playing {
  /** Goes on to the next step now; whoever asks for it scrapes. False at the last one. */
  skip(): boolean;
  stop(): void;
}

/** `scrape` takes in the step that the replay stands at; what it throws goes to `failed` and stops nothing. */
export function play(replay: ScrapeReplay, scrape: () => Promise<unknown>, failed: (error: unknown) => void): Playing {
  let cancel = (): void => undefined;
  let stopped = false;
  const wait = (): void => {
    cancel();
    const { lasts } = replay;
    if (!stopped && lasts !== undefined) cancel = replay.clock.after(lasts, () => void step());
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
