/** One scrape at a time: a scrape that is requested during another one runs right after it. */
import type { Snapshot, Trigger } from '../api';

/** Runs scrapes one after the other. */
export class ScrapeQueue {
  private running: Promise<Snapshot | undefined> | undefined;
  private queued: Promise<Snapshot> | undefined;

  /** `run`: one scrape; undefined only if the timer must not scrape. `onChange`: a scrape began or ended. */
  constructor(
    private readonly run: (trigger: Trigger) => Promise<Snapshot | undefined>,
    private readonly signal: AbortSignal,
    private readonly onChange: () => void,
  ) {}

  /** Whether a scrape runs. */
  get isRunning(): boolean {
    return this.running !== undefined;
  }

  /**
   * Scrapes now, or right after the scrape that runs; all requests during a scrape share the next one. Rejects after
   * the signal aborted.
   */
  request(trigger: 'command' | 'api'): Promise<Snapshot> {
    if (this.signal.aborted) return Promise.reject(this.signal.reason as Error);
    // Only the timer's scrape has no snapshot.
    if (!this.running) return this.begin(trigger) as Promise<Snapshot>;
    this.queued ??= this.settled().then(() => {
      this.queued = undefined;
      this.signal.throwIfAborted();
      return this.begin(trigger) as Promise<Snapshot>;
    });
    return this.queued;
  }

  /** The timer's scrape; none while another one runs. */
  async tick(): Promise<void> {
    if (!this.running && !this.signal.aborted) await this.begin('timer');
  }

  /** Resolves when no scrape runs. */
  async settled(): Promise<void> {
    await this.running?.catch(() => undefined);
  }

  private begin(trigger: Trigger): Promise<Snapshot | undefined> {
    this.running = this.run(trigger).finally(() => {
      this.running = undefined;
      this.onChange();
    });
    this.onChange();
    return this.running;
  }
}
