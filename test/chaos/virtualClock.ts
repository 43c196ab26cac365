/**
 * A machine's time that a simulation moves on: its wall clock can be set, it can sleep, and timers are called in their
 * order. Hours pass in seconds.
 */
import { createClock, type Clock } from '../../src/shared/clock';

/** Timers of this length, in ms, are deadlines for work that takes real time: names, the last write, a write, files. */
const deadlineLengths: ReadonlySet<number> = new Set([2_000, 3_000, 20_000, 30_000]);

/** A clock of one process on the machine. */
export interface ProcessClock extends Clock {
  /** The same time. Its timers are no deadlines, however long they are. */
  readonly withoutDeadlines: Clock;
  /** The process ends: none of its timers is called any more. */
  end(): void;
}

interface Timer {
  at: number;
  isDeadline: boolean;
  call: () => void;
}

/** The time of the simulated machine. Times are whole ms. */
export class VirtualMachineTime {
  /** Since the start of the machine, sleep left out. */
  private monotonic = 0;
  private slept = 0;
  private timers: Timer[] = [];
  /** By how much the wall clock was set so far. */
  wallOffset = 0;

  /** `start`: Unix ms. */
  constructor(private readonly start: number) {}

  /** The true time, Unix ms: whatever the wall clock says. */
  now(): number {
    return this.start + this.monotonic + this.slept;
  }

  /** How long the machine was awake so far, in ms. */
  get awake(): number {
    return this.monotonic;
  }

  /** What the machine's clock shows, Unix ms. */
  wall(): number {
    return this.now() + this.wallOffset;
  }

  /** A clock as a new VS Code window makes it. */
  createClock(): ProcessClock {
    const clock = createClock({
      wall: () => this.wall(),
      monotonic: () => this.monotonic,
      uptime: () => (this.monotonic + this.slept) / 1000,
    });
    let hasEnded = false;
    const ownTimers = new Set<() => void>();
    const after = (ms: number, isDeadline: boolean, callback: () => void): (() => void) => {
      if (hasEnded) return () => undefined;
      const cancel = this.after(ms, isDeadline, () => {
        ownTimers.delete(cancel);
        callback();
      });
      ownTimers.add(cancel);
      return () => {
        ownTimers.delete(cancel);
        cancel();
      };
    };
    return {
      ...clock,
      after: (ms, callback) => after(ms, deadlineLengths.has(ms), callback),
      withoutDeadlines: { ...clock, after: (ms, callback) => after(ms, false, callback) },
      end: () => {
        hasEnded = true;
        for (const cancel of ownTimers) cancel();
        ownTimers.clear();
      },
    };
  }

  /** Calls `call` once after `ms`; the returned function cancels it. */
  private after(ms: number, isDeadline: boolean, call: () => void): () => void {
    const timer = { at: this.monotonic + Math.max(0, Math.ceil(ms)), isDeadline, call };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Number of timers that wait. */
  get pending(): number {
    return this.timers.length;
  }

  /** Whether work that takes real time has not ended yet. */
  get hasDeadline(): boolean {
    return this.timers.some(({ isDeadline }) => isDeadline);
  }

  /** ms until the next timer is due; Infinity without one. */
  get untilNext(): number {
    return this.timers.reduce((least, { at }) => Math.min(least, at - this.monotonic), Infinity);
  }

  /** Moves on by some ms, at most to the next timer, and calls what is due. */
  advance(ms: number): void {
    this.monotonic += Math.min(Math.ceil(ms), Math.max(0, this.untilNext));
    const due = this.timers.filter(({ at }) => at <= this.monotonic).sort((a, b) => a.at - b.at);
    this.timers = this.timers.filter((timer) => !due.includes(timer));
    for (const { call } of due) call();
  }

  /** The machine sleeps for some ms: the wall clock goes on, timers do not. */
  sleep(ms: number): void {
    this.slept += Math.ceil(ms);
  }
}
