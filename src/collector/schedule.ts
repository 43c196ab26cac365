/** The timer: one task after the other, never two at a time, not stopped by one that fails. */
import type { Clock } from '../shared/clock';

/** What the timer does, and when. */
export interface ScheduleOptions {
  clock: Clock;
  /** What the timer does. A rejection goes to `onError`, and the timer continues. */
  task: () => Promise<void>;
  onError: (error: unknown) => void;
  /**
   * From the beginning of one task to the beginning of the next, in ms; undefined: not now. Called before every wait.
   */
  nextIntervalMs: () => number | undefined;
}

/** A timer. */
export interface Schedule {
  /** Asks for the interval again, and runs at once what is due by it. */
  update(): void;
  /** Stops the timer; a task that runs is not cancelled. */
  dispose(): void;
}

/** A timer that starts with the first `update`. */
export function createSchedule({ clock, task, onError, nextIntervalMs }: ScheduleOptions): Schedule {
  let cancelWait: (() => void) | undefined;
  let startedAt: number | undefined;
  let isRunning = false;
  let isDisposed = false;

  const update = (): void => {
    cancelWait?.();
    cancelWait = undefined;
    const intervalMs = isDisposed || isRunning ? undefined : nextIntervalMs();
    if (intervalMs === undefined) return;
    const waitMs = startedAt === undefined ? 0 : startedAt + intervalMs - clock.elapsed();
    cancelWait = clock.after(Math.max(0, waitMs), () => void runTask());
  };
  const runTask = async (): Promise<void> => {
    cancelWait = undefined;
    isRunning = true;
    startedAt = clock.elapsed();
    try {
      await task();
    } catch (error) {
      onError(error);
    } finally {
      isRunning = false;
      update();
    }
  };
  return {
    update,
    dispose: () => {
      isDisposed = true;
      update();
    },
  };
}
