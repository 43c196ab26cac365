/** A clock that a test moves on. */
import type { Clock } from '../../../src/shared/clock';

/** A clock whose time changes only by `advance` and `set`. */
export interface ManualClock extends Clock {
  /** Sets the machine's clock forward by some ms, or back; it shows from the next `follow` on. */
  set(stepMs: number): void;
  /** Moves on by some ms, and makes the calls that become due, in order; promises settle in between. */
  advance(ms: number): Promise<void>;
  /** Number of scheduled calls. */
  readonly pending: number;
}

/** Lets pending promises and immediates run. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A new clock that begins at `start` (ms). */
export function manualClock(start = 1_000_000): ManualClock {
  let now = start;
  let offset = 0;
  let step = 0;
  let scheduled: { at: number; call: () => void }[] = [];
  return {
    now: () => now + offset,
    elapsed: () => now,
    follow: () => {
      const stepped = step;
      offset += step;
      step = 0;
      return stepped;
    },
    set: (stepMs) => {
      step += stepMs;
    },
    after: (ms, call) => {
      const entry = { at: now + ms, call };
      scheduled.push(entry);
      return () => {
        scheduled = scheduled.filter((other) => other !== entry);
      };
    },
    get pending() {
      return scheduled.length;
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const due = scheduled.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        scheduled = scheduled.filter((other) => other !== due);
        now = due.at;
        due.call();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}
