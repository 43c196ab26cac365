/** Runs work on the history's files one after another, each within a deadline, and reports failures once. */
import type { Clock } from '../shared/clock';

/** Longest time for one write, or for reading all files, in ms. */
const defaultDeadlineMs = 30_000;

interface WorkQueueOptions {
  clock: Clock;
  log: HistoryLog;
  /** After it aborts, failures are not reported. */
  signal: AbortSignal;
}

/** Where the history reports what a person should know. */
export interface HistoryLog {
  info: (message: string) => void;
  warn: (message: string) => void;
}

/** The queue. */
export class WorkQueue {
  private tail: Promise<void> = Promise.resolve();
  private isWriteFailing = false;

  constructor(private readonly options: WorkQueueOptions) {}

  /** Resolves when the work that was added so far is done. Never rejects. */
  get idle(): Promise<void> {
    return this.tail;
  }

  /**
   * Adds work and resolves when it is done. Never rejects. A failed read is reported; of failed writes the first, and
   * then the first that succeeds again.
   */
  add(kind: 'read' | 'write', work: () => Promise<void>, deadlineMs = defaultDeadlineMs): Promise<void> {
    this.tail = this.tail
      .then(() => withDeadline(this.options.clock, deadlineMs, work()))
      .then(
        () => this.reportSuccess(kind),
        (error: unknown) => this.reportFailure(kind, error),
      );
    return this.tail;
  }

  private reportSuccess(kind: 'read' | 'write'): void {
    if (kind !== 'write') return;
    if (this.isWriteFailing) this.options.log.info('history: its files can be written again.');
    this.isWriteFailing = false;
  }

  private reportFailure(kind: 'read' | 'write', error: unknown): void {
    const { log, signal } = this.options;
    if (signal.aborted || (kind === 'write' && this.isWriteFailing)) return;
    if (kind === 'read') log.warn(`history: its files could not be read: ${String(error)}`);
    else {
      this.isWriteFailing = true;
      log.warn(
        `history: its files could not be written; it is kept in memory, and tried again each minute: ${String(error)}`,
      );
    }
  }
}

/** The promise, or a rejection after `ms` of the clock. */
export function withDeadline<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(new Error(`nothing within ${ms / 1000} s`)));
    promise.then(resolve, reject).finally(cancel);
  });
}
