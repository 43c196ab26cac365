/** The faults of a run as they begin and end, in simulated or real time. */
import { faults, type ActiveFault, type ChaosTarget } from './faults';
import type { ScheduledFault } from './faultSchedule';

/** A fault has just ended for so many snapshots. */
const recentSnapshots = 3;

/** Which faults there are around a scrape. */
export interface FaultNames {
  /** Names of the faults that last. */
  active: readonly string[];
  /** Names of those that ended less than `recentSnapshots` snapshots ago. */
  recent: readonly string[];
}

/** Whether answers of another cluster may be among the newest ones. */
export const hasForeignAnswers = ({ active, recent }: FaultNames): boolean =>
  [...active, ...recent].some((name) => name.includes('another cluster'));

/** What the faults of a run are made of. */
export interface RunningFaultsOptions {
  /** In the order of their beginnings; it is emptied. */
  schedule: ScheduledFault[];
  target: ChaosTarget;
  /** Since the beginning of the run. */
  ms: () => number;
  /** How often each fault has occurred; it is filled. */
  counts: Map<string, number>;
  /** Called before a fault begins. */
  onBegin?: (name: string) => void;
  /** Called after a fault has begun or ended. */
  onChange: () => void;
  log?: ((message: string) => void) | undefined;
}

/** The faults that last, and those that ended a moment ago. */
export class RunningFaults {
  private readonly active = new Map<ScheduledFault, ActiveFault>();
  private recent: { name: string; snapshots: number }[] = [];

  constructor(private readonly options: RunningFaultsOptions) {}

  get names(): FaultNames {
    return { active: [...this.active.keys()].map(({ name }) => name), recent: this.recent.map(({ name }) => name) };
  }

  /** As a report lists them. */
  get description(): string[] {
    const { active, recent } = this.names;
    return [...active, ...recent.map((name) => `after ${name}`)];
  }

  /** When the next one begins or ends, in ms since the beginning of the run; Infinity if none does. */
  get nextAt(): number {
    return Math.min(...this.options.schedule.map(({ from }) => from), ...[...this.active.keys()].map(({ to }) => to));
  }

  /** Begins and ends what is due. */
  async apply(): Promise<void> {
    const { schedule, target, ms, counts, onBegin, onChange, log } = this.options;
    for (const [scheduled, fault] of [...this.active]) {
      if (scheduled.to > ms()) continue;
      await fault.end?.();
      this.noteEnd(scheduled);
    }
    while (schedule[0] && schedule[0].from <= ms()) {
      const scheduled = schedule.shift() as ScheduledFault;
      const { name } = scheduled;
      log?.(`${Math.round(ms() / 1000)} s: ${name}`);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      onBegin?.(name);
      // What it does may take effect before it has begun as a whole.
      this.active.set(scheduled, {});
      const fault = (await faults[name]?.(target)) ?? {};
      if (fault.end) this.active.set(scheduled, fault);
      else this.noteEnd(scheduled);
      onChange();
    }
  }

  /** Renews what faults make of answers. */
  async beforeScrape(): Promise<void> {
    for (const fault of this.active.values()) await fault.beforeScrape?.();
  }

  /** A snapshot was judged. */
  noteSnapshot(): void {
    for (const ended of this.recent) ended.snapshots += 1;
    this.recent = this.recent.filter(({ snapshots }) => snapshots < recentSnapshots);
  }

  /** Ends those that last. */
  async end(): Promise<void> {
    for (const fault of this.active.values()) await fault.end?.();
  }

  private noteEnd(scheduled: ScheduledFault): void {
    this.active.delete(scheduled);
    this.recent.push({ name: scheduled.name, snapshots: 0 });
    this.options.onChange();
  }
}
