/** The timer: one run after the other, never two at a time, never stopped by one that fails. */

import type { Clock } from '../shared/clock';

export interface ScheduleOptions {
  clock: Clock;
  /** One round. What it throws goes to `failed` and stops nothing. */
  task: () => Promise<void>;
  onError: (error: unknown) => void;
  /**
   * From the beginning of one round to the beginning of the next, in ms; undefined: not now. Asked anew before every
   * wait.
   */
  nextIntervalMs: () => number | undefined;
}

export interface Schedule {
  /** The pace may have changed: waits anew, and runs at once what is due by the new pace. */
  update(): void;
  dispose(): void;
}

export function createSchedule({ clock, task, onError, nextIntervalMs }: ScheduleOptions): Schedule {
  let cancel: (() => void) | undefined;
  let began: number | undefined;
  let running = false;
  let disposed = false;

  const update = (): void => {
    cancel?.();
    cancel = undefined;
    const wait = disposed || running ? undefined : nextIntervalMs();
    if (wait === undefined) return;
    const due = began === undefined ? 0 : began + wait - clock.now();
    cancel = clock.after(Math.max(0, due), () => void fire());
  };
  const fire = async (): Promise<void> => {
    cancel = undefined;
    running = true;
    began = clock.now();
    try {
      await task();
    } catch (error) {
      onError(error);
    } finally {
      running = false;
      update();
    }
  };
  return {
    update,
    dispose: () => {
      disposed = true;
      update();
    },
  };
}
