/** Long work in slices, so that the extension host can do other work in between. */

/** Longest work between two pauses, in ms: short enough to go unnoticed. */
export const sliceMs = 8;

/** Work that marks with `yield` where it may pause. */
export type SlicedWork<Result> = Generator<void, Result, void>;

/** Does the work without pausing and returns its result. */
export function runToEnd<Result>(work: SlicedWork<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/**
 * Does the work in slices of about 8 ms and returns its result; `pause` is called between them. Rejects with what the
 * work throws.
 */
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

/**
 * A time slice for asynchronous work: once `isOver`, it awaits `next`. Several tasks can share one; they take turns.
 */
export class TimeSlice {
  private end: number;
  private queueTail: Promise<void> = Promise.resolve();

  constructor(private readonly ms = sliceMs) {
    this.end = performance.now() + ms;
  }

  get isOver(): boolean {
    return performance.now() >= this.end;
  }

  /** Resolves in a slice that has time left, after the calls before this one. */
  next(): Promise<void> {
    this.queueTail = this.queueTail.then(async () => {
      // A task that waited before may have begun a slice that has time left.
      if (!this.isOver) return;
      await yieldToEventLoop();
      this.end = performance.now() + this.ms;
    });
    return this.queueTail;
  }
}

/** Resolves after timers and network events that are due. */
export const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
