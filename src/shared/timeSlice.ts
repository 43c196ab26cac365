/** Long work in slices, so that the extension host serves others in between. */

/** Work between two pauses, in ms: about as long as nobody notices. */
export const sliceMs = 8;

/** Work that says by a `yield` where it may pause. */
export type SlicedWork<Result> = Generator<void, Result, void>;

/** Does it all at once. */
export function runToEnd<Result>(work: SlicedWork<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** A slice, for work that awaits by itself: where `isOver`, `next` lets others work and begins another. Several may share one: they go on one after the other. */
export class TimeSlice {
  private end: number;
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly ms = sliceMs) {
    this.end = performance.now() + ms;
  }

  get isOver(): boolean {
    return performance.now() >= this.end;
  }

  next(): Promise<void> {
    this.turn = this.turn.then(async () => {
      // Whoever waited before may have begun a slice that has room.
      if (!this.isOver) return;
      await yieldToEventLoop();
      this.end = performance.now() + this.ms;
    });
    return this.turn;
  }
}

/** Does it in slices of about 8 ms. Rejects with what the work throws. */
export async function runInSlices<Result>(
  work: SlicedWork<Result>,
  pause: () => Promise<void> = yieldToEventLoop,
): Promise<Result> {
  let end = performance.now() + sliceMs;
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() < end) continue;
    await pause();
    end = performance.now() + sliceMs;
  }
}

/** Timers, and what comes from the network, have their turn. */
export const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
