/** A clock that moves only when told to. */
import type { Clock } from '../../../src/shared/clock';

export interface ManualClock extends Clock {
  /** Moves on by so many ms and calls what becomes due, in order; lets promises settle in between. */
  advance(ms: number): Promise<void>;
  /** How many calls are waited for. */
  readonly pending: number;
}

/** Lets everything that is ready run. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

export function manualClock(start = 1_000_000): ManualClock {
  let now = start;
  let calls: { at: number; call: () => void }[] = [];
  return {
    now: () => now,
    after: (ms, call) => {
      const entry = { at: now + ms, call };
      calls.push(entry);
      return () => {
        calls = calls.filter((other) => other !== entry);
      };
    },
    get pending() {
      return calls.length;
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const due = calls.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        calls = calls.filter((other) => other !== due);
        now = due.at;
        due.call();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}
