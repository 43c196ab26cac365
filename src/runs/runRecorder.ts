/** Keeps the run that is watched: tells when another one begins, and writes what the history has of it. */
import { RolloutTracker } from '../rollouts/rolloutTracker';
import type { Clock } from '../shared/clock';
import { formatLocalTime } from '../shared/format';
import { isOtherConfig, keptConfig, runNameOf } from './keptConfig';
import { withPersonsChoices } from './joinRuns';
import { endBefore, withHistory, withRollouts } from './runData';
import { toRunName, type RunDocument, type StoredRun } from './runDocument';
import {
  isSameRun,
  longRestMs,
  matchRun,
  saveIntervalMs,
  startOf,
  withSighting,
  type RunSighting,
} from './runSighting';
import type { KnownFiles, RunStore } from './runStore';

/** A run that was not read for longer is not said to be in progress. */
const openMs = 15 * 60_000;

/** What a run recorder needs. */
export interface RunRecorderOptions {
  store: RunStore;
  clock: Pick<Clock, 'now'>;
  /** Makes the random part of an id. */
  randomText: () => string;
  warn: (message: string) => void;
}

/** The run that is watched. */
interface CurrentRun {
  document: RunDocument;
  /** Data before this time (Unix ms) is of other runs. */
  since: number;
  /** The newest scrape in which an engine lived. */
  sighting: RunSighting;
  tracker: RolloutTracker;
  /** Whether an engine lived in the newest scrape. */
  isAlive: boolean;
  /** Since when it is not known whether it still is this run, Unix ms. */
  undecidedSince?: number | undefined;
  savedAt: number;
  /** Undefined while it is not on disk. */
  files: KnownFiles | undefined;
}

/** An id that sorts by time, such as `2026-11-25T21-15-07-120Z-3f9a`. */
export const newRunId = (at: number, randomText: string): string =>
  `${new Date(at).toISOString().replace(/[:.]/g, '-')}-${randomText}`;

/** Keeps one run at a time. Its methods must not run side by side. */
export class RunRecorder {
  private current: CurrentRun | undefined;
  private isSaveFailing = false;

  constructor(private readonly options: RunRecorderOptions) {}

  /** The run that is watched, as of the newest scrape; undefined if none is. */
  get run(): StoredRun | undefined {
    return this.current?.document.run;
  }

  /** Whether the run that is watched lasts. */
  get isOpen(): boolean {
    if (!this.current) return false;
    const { isAlive, document } = this.current;
    return isAlive && Math.abs(this.options.clock.now() - document.run.to) < openMs;
  }

  /** Everything of the run that is watched, as of now; undefined if none is. */
  async readDocument(): Promise<RunDocument | undefined> {
    const { current } = this;
    if (!current) return undefined;
    const { document, sighting, since, files } = current;
    current.document = await withHistory(document, sighting.history, since, files?.isShared ?? false);
    return current.document;
  }

  /** Adds a scrape. Rejects if files cannot be read; failures to write are reported. */
  async add(sighting: RunSighting): Promise<void> {
    const { store } = this.options;
    if (sighting.engines.length === 0) return this.end();
    const { dismissed } = store;
    if (dismissed) {
      const match = matchRun(dismissed, sighting);
      if (match === 'same') store.dismissed = withSighting(dismissed, sighting);
      if (match !== 'other') return;
      await store.dismiss(undefined);
    }
    const current = await this.follow(sighting);
    await this.addConfig(current);
    // The clock may have gone back.
    if (Math.abs(sighting.at - current.savedAt) >= saveIntervalMs) await this.save();
  }

  /**
   * Follows what other VS Code windows did to the run that is watched: they may have named it, deleted it, or joined it
   * with their own copy, which has another id. Rejects if it was deleted, and that cannot be remembered.
   */
  async followFiles(): Promise<void> {
    const { current } = this;
    if (!current) return;
    const { store } = this.options;
    const { run } = current.document;
    const isCopy = (other: StoredRun): boolean => other.id === run.id || isSameRun(other, run);
    if (store.dismissed && isCopy(store.dismissed)) {
      this.current = undefined;
      return;
    }
    // In its own file the run ends when that was written last, so that it may overlap with the copy only here.
    const other = store.runs.find((each) => each.id !== run.id && isCopy(each));
    if (other && store.get(run.id)) await store.join(run.id, other.id);
    const copy = store.get(run.id) ?? store.runs.find(isCopy);
    if (copy) {
      current.document = { ...current.document, run: withPersonsChoices({ ...run, id: copy.id }, copy) };
      if (copy.id !== run.id) current.files = { to: copy.to, isShared: true };
    } else if (current.files && !store.hasFiles(run.id)) await this.dismiss();
  }

  /** Writes the run that is watched, or what `cut` leaves of it. Never rejects; the first of several failures is reported. */
  async save(cut?: (document: RunDocument) => RunDocument): Promise<void> {
    const { current } = this;
    const document = await this.readDocument();
    if (!current || !document) return;
    try {
      current.savedAt = current.sighting.at;
      const saved = await this.options.store.save(document, current.files, cut);
      if (saved) Object.assign(current, { document: saved.document, files: saved.known });
      else await this.dismiss();
      this.isSaveFailing = false;
    } catch (error) {
      if (!this.isSaveFailing)
        this.options.warn(`runs: ${document.run.id} cannot be written, and is tried again: ${String(error)}`);
      this.isSaveFailing = true;
    }
  }

  /** Keeps the run that is watched no longer, as a person asked. Rejects if that cannot be remembered. */
  async dismiss(): Promise<void> {
    const { run } = this;
    this.current = undefined;
    if (run) await this.options.store.dismiss(run);
  }

  /** No engine lives: what had ended shortly before has ended for certain, and nothing more is to come. */
  private async end(): Promise<void> {
    const { current } = this;
    if (!current?.isAlive) return;
    current.isAlive = false;
    this.updateRollouts(current);
    await this.save();
  }

  /** Applies a change of the head of the run that is watched. */
  change(change: (run: StoredRun) => StoredRun): void {
    if (this.current) this.current.document = { ...this.current.document, run: change(this.current.document.run) };
  }

  /** The run that a scrape is of: the current one, one that was kept before, or a new one. */
  private async follow(sighting: RunSighting): Promise<CurrentRun> {
    const { current } = this;
    const match = current ? matchRun(current.document.run, sighting) : 'other';
    if (current && match !== 'other' && !(await this.beginsAnew(current.document, sighting))) {
      current.undecidedSince = match === 'same' ? undefined : (current.undecidedSince ?? sighting.at);
      Object.assign(current, { sighting, isAlive: true });
      this.update(current);
      return current;
    }
    const undecidedSince = current?.undecidedSince;
    await this.save(undecidedSince === undefined ? undefined : (document) => endBefore(document, undecidedSince));
    const next = (await this.resume(sighting)) ?? this.begin(sighting, undecidedSince);
    this.current = next;
    this.update(next);
    return next;
  }

  /** Whether engines that rested for long work with another config; not where the job says that it is the same run. */
  private async beginsAnew({ run, config }: RunDocument, sighting: RunSighting): Promise<boolean> {
    const { at, job, isWorking } = sighting;
    if (run.job !== undefined && run.job === job) return false;
    if (!isWorking || run.workedAt === undefined || at - run.workedAt < longRestMs || !config) return false;
    const sighted = await sighting.readConfig();
    return sighted !== undefined && isOtherConfig(config, keptConfig({ ...sighted, readAt: at, startedAt: undefined }));
  }

  /** An earlier run that the scrape belongs to, with its data; undefined if there is none. */
  private async resume(sighting: RunSighting): Promise<CurrentRun | undefined> {
    const { store, warn } = this.options;
    const run = store.runs.find((each) => each.origin === 'watched' && matchRun(each, sighting) !== 'other');
    if (!run) return undefined;
    const document = await store.read(run.id).catch((error: unknown) => {
      warn(`runs: ${run.id} begins without what was kept of it: ${String(error)}`);
      return newDocument(run);
    });
    if (await this.beginsAnew(document, sighting)) return undefined;
    // Of a session that other runs were watched in since then, the time in between is not its own.
    const isInterrupted = store.runs.some(({ session, to }) => session === run.session && to > run.to);
    const files = { to: run.to, isShared: false };
    const current = newCurrent(document, isInterrupted ? sighting.at : run.from, sighting, files);
    return matchRun(run, sighting) === 'same' ? current : { ...current, undecidedSince: sighting.at };
  }

  /** A new run. Of the time before its first scrape only what its engines can have done is its own. */
  private begin(sighting: RunSighting, undecidedSince: number | undefined): CurrentRun {
    const { store, clock, randomText } = this.options;
    const { at, session } = sighting;
    const ends = store.runs.flatMap((run) =>
      run.origin === 'watched' && run.session === session && run.to <= at ? [run.to + 1] : [],
    );
    const since = undecidedSince ?? Math.min(at, Math.max(startOf(sighting) ?? 0, ...ends));
    const run: StoredRun = {
      id: newRunId(clock.now(), randomText()),
      name: `Run of ${formatLocalTime(at)}`,
      from: at,
      to: at,
      keptAt: clock.now(),
      origin: 'watched',
      engines: 0,
      releases: {},
      rollouts: 0,
      steps: 0,
      processes: [],
    };
    return newCurrent(newDocument(run), since, sighting, undefined);
  }

  /** Adds what the newest scrape says, and the rollouts that are known with it. */
  private update(current: CurrentRun): void {
    const { document, sighting, undecidedSince } = current;
    const { processes } = document.run;
    const run = withSighting(document.run, sighting);
    // By processes that may be those of another run, the run would be known again.
    const decided = undecidedSince === undefined ? run : { ...run, processes };
    current.document = { ...document, run: decided };
    this.updateRollouts(current);
  }

  private updateRollouts(current: CurrentRun): void {
    const { document, sighting, since, tracker, files } = current;
    const { history } = sighting;
    const found = tracker
      .update({
        work: history.work,
        bandsBetween: (from, to) => history.bandHistory.bandsBetween(from, to),
      })
      .all.filter(({ from }) => from >= since);
    current.document = withRollouts(document, found, history, files?.isShared ?? false);
  }

  /** Keeps the config when it is first seen; later edits are of no effect. */
  private async addConfig(current: CurrentRun): Promise<void> {
    if (current.document.config) return;
    const { sighting } = current;
    const sighted = await sighting.readConfig();
    if (!sighted) return;
    const { run } = current.document;
    const config = keptConfig({ ...sighted, readAt: sighting.at, startedAt: startOf(sighting) });
    const name = toRunName(runNameOf(config) ?? `${config.file} ${formatLocalTime(run.from)}`);
    const skyrl = sighted.release?.version;
    current.document = {
      ...current.document,
      config,
      run: {
        ...run,
        ...(!run.named && { name }),
        config: config.file,
        releases: { ...run.releases, ...(skyrl !== undefined && { skyrl }) },
      },
    };
    await this.save();
  }
}

const newDocument = (run: StoredRun): RunDocument => ({ run, rollouts: [], means: {}, series: [], bands: [] });

const newCurrent = (
  document: RunDocument,
  since: number,
  sighting: RunSighting,
  files: KnownFiles | undefined,
): CurrentRun => ({
  document,
  since,
  sighting,
  tracker: new RolloutTracker(),
  isAlive: true,
  savedAt: -Infinity,
  files,
});
