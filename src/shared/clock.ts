/** An injected clock, so that tests need no waiting. */
import { uptime } from 'node:os';

/** The current time and timers. */
export interface Clock {
  /** Unix ms. It runs evenly until `follow` is called, even if the machine's clock is set in between. */
  now(): number;
  /** ms since an arbitrary moment: for spans of time. It never goes back and does not depend on the machine's clock. */
  elapsed(): number;
  /**
   * Lets `now` follow the machine's clock. Returns by how many ms that was set since the last call, so that times of
   * before can be moved along; 0 if it was not.
   */
  follow(): number;
  /** Calls `callback` once after `ms`; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** What a machine offers to tell the time with. */
export interface TimeSources {
  /** Unix ms; steps when the clock is set. */
  wall(): number;
  /** ms since some moment; may pause while the machine sleeps. */
  monotonic(): number;
  /** Seconds since the machine was started, sleep included. */
  uptime(): number;
}

/** Smaller differences are the corrections of a time server and the time between two readings. */
const smallestStepMs = 50;
/** Smaller differences between uptime and monotonic clock are rounding. */
const shortestSleepMs = 2_000;

/** A clock from these sources. */
export function createClock({ wall, monotonic, uptime: uptimeSeconds }: TimeSources): Clock {
  let sleptMs = 0;
  const startedAt = uptimeSeconds() * 1000 - monotonic();
  const elapsed = (): number => {
    const runningMs = monotonic();
    const missingMs = uptimeSeconds() * 1000 - startedAt - runningMs - sleptMs;
    if (missingMs > shortestSleepMs) sleptMs += missingMs;
    return runningMs + sleptMs;
  };
  let offset = wall() - elapsed();
  return {
    now: () => Math.round(offset + elapsed()),
    elapsed,
    follow: () => {
      // Whole ms: times that are moved along stay whole, as the machine's clock has them.
      const stepMs = Math.round(wall() - elapsed() - offset);
      if (Math.abs(stepMs) < smallestStepMs) return 0;
      offset += stepMs;
      return stepMs;
    },
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  };
}

/** The real clock. */
export const systemClock: Clock = createClock({
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  uptime,
});

/** Returns a function that resolves after `ms` of the clock, or as soon as the signal aborts. It never rejects. */
export function createSleep(clock: Clock): (ms: number, signal: AbortSignal) => Promise<void> {
  return (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const finish = (): void => {
        cancel();
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const cancel = clock.after(ms, finish);
      signal.addEventListener('abort', finish);
    });
}
