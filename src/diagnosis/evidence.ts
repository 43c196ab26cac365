/** What the rules may judge: current measures, and engines from which work is expected. */
import type { Engine, Measure, TargetReport } from '../api';
import { catalog } from '../metrics/catalog/index';
import { isLiving } from '../metrics/engineState';
import { gaugeStaleAfterMs } from '../metrics/gaugeValues';
import { reportIntervalMs as defaultIntervalMs } from '../metrics/reportInterval';
import type { SlicedWork } from '../shared/timeSlice';
import type { DiagnosisInput, JudgedEngine, RuleInput, TrackedEngine } from './rule';
import { StandstillTracker } from './standstills';
import { isSyncing, mayWork } from './workStates';

/**
 * Nothing is known about a pause between two snapshots that is longer than this, in ms: the editor slept, or scrapes
 * are on command. The slowest timer scrapes once a minute.
 */
const gapMs = 150_000;
/** Engines that are judged between two places where the work may pause: some tenths of a millisecond. */
const enginesPerYield = 256;
/** A rate's window ends at most this many report intervals ago. */
const maxIntervals = 3;

/** Rows whose value is set once and does not grow old. */
const stickyIds: ReadonlySet<string> = new Set(
  catalog.flatMap((row) => (row.kind === 'gauge' && (row.sticky || row.fromLabel !== undefined) ? [row.id] : [])),
);

/** Whether nothing is known about the time between two snapshots (Unix ms). */
export const isGap = (earlier: number, later: number): boolean => later - earlier > gapMs;

/** Which measures of one subject may be judged. Times are Unix ms. */
interface Limits {
  now: number;
  /** How often reports come, in ms. */
  intervalMs: number;
  /** A window that began before is partly of a time in which no work was expected. */
  restedAt: number | undefined;
}

/** The measures that are not too old to be judged, and not of a time in which no work was expected. */
function currentMeasures(
  measures: Readonly<Record<string, Measure>>,
  { now, intervalMs, restedAt = -Infinity }: Limits,
): Readonly<Record<string, Measure>> {
  const maxWindowAgeMs = Math.max(gaugeStaleAfterMs, maxIntervals * intervalMs);
  const isCurrent = ({ from, to }: Measure): boolean =>
    from === undefined ? now - to < gaugeStaleAfterMs : now - to < maxWindowAgeMs && from >= restedAt;
  const isJudged = (id: string): boolean => isCurrent(measures[id] as Measure) || stickyIds.has(id);
  const ids = Object.keys(measures);
  // Nearly always all are: nothing is copied then.
  if (ids.every(isJudged)) return measures;
  return Object.fromEntries(ids.filter(isJudged).map((id) => [id, measures[id] as Measure]));
}

/** Only sticky measures: the others are unknown if the target does not answer. */
const stickyMeasures = (measures: Readonly<Record<string, Measure>>): Record<string, Measure> =>
  Object.fromEntries(Object.entries(measures).filter(([id]) => stickyIds.has(id)));

const failedUrls = (targets: readonly TargetReport[]): ReadonlySet<string> =>
  new Set(targets.flatMap(({ url, state }) => (state === 'failed' ? [url] : [])));

/** Whether any of the living engines is current, so that aggregates are of something. */
const isAnyCurrent = (engines: readonly JudgedEngine[]): boolean => {
  const living = engines.filter(isLiving);
  return living.length === 0 || living.some(({ isCurrent }) => isCurrent);
};

/** Turns snapshots, in the order of time, into what the rules see. */
export class EvidenceBuilder {
  private readonly standstills = new StandstillTracker();
  /** By engine id, when no work was expected of it last, Unix ms. */
  private readonly restedAt = new Map<string, number>();
  /** When no work was expected of any engine last. */
  private runRestedAt: number | undefined;
  private previousAt: number | undefined;

  /** One snapshot as the rules see it, in slices. */
  *build(input: DiagnosisInput): SlicedWork<RuleInput> {
    const { now, trackedEngines } = input;
    const { previousAt } = this;
    this.previousAt = now;
    this.noteRests(input);
    const trackedById = new Map(trackedEngines.map((tracked): [string, TrackedEngine] => [tracked.key, tracked]));
    const reportIntervalOf = ({ id }: Engine): number => trackedById.get(id)?.reportIntervalMs ?? defaultIntervalMs;
    const context = {
      trackedById,
      isAfterGap: previousAt !== undefined && isGap(previousAt, now),
      reportIntervalOf,
    };
    const answeredSince = previousAt !== undefined && previousAt < now ? previousAt : -Infinity;
    yield;
    const answering = yield* this.judge(input, context, answeredSince);
    yield;
    const standstills = this.standstills.update({ ...input, ...context, previousAt, engines: answering });
    const engines = answering.map((engine) =>
      standstills.lateNodes.has(engine.node) ? withoutReadings(engine) : engine,
    );
    yield;
    const intervalMs = engines.reduce((longest, engine) => Math.max(longest, reportIntervalOf(engine)), 0);
    const measures = isAnyCurrent(engines)
      ? currentMeasures(input.measures, { now, intervalMs, restedAt: this.runRestedAt })
      : stickyMeasures(input.measures);
    const engineById = new Map(engines.map((engine): [string, JudgedEngine] => [engine.id, engine]));
    return { ...input, ...context, engines, engineById, measures, standstills };
  }

  /**
   * The engines with their current measures; with sticky ones only if their target failed, or does not show them.
   * `answeredSince`: answers before this time are of an earlier snapshot, Unix ms.
   */
  private *judge(
    { now, engines, targets }: DiagnosisInput,
    { trackedById, reportIntervalOf }: Pick<RuleInput, 'trackedById' | 'reportIntervalOf'>,
    answeredSince: number,
  ): SlicedWork<JudgedEngine[]> {
    const failed = failedUrls(targets);
    const judgeOne = (engine: Engine): JudgedEngine => {
      const limits = {
        now,
        intervalMs: reportIntervalOf(engine),
        restedAt: this.restedAt.get(engine.id),
      };
      const judged = { ...engine, isCurrent: true, measures: currentMeasures(engine.measures, limits) };
      const { targetUrl = '', hasReported = true, seenAt = Infinity } = trackedById.get(engine.id) ?? {};
      // An agent that just restarted answers without the engines that have not reported to it.
      const isMissing = seenAt <= answeredSince;
      return failed.has(targetUrl) || !hasReported || isMissing ? withoutReadings(judged) : judged;
    };
    const all: JudgedEngine[] = [];
    for (const engine of engines) {
      all.push(judgeOne(engine));
      if (all.length % enginesPerYield === 0) yield;
    }
    return all;
  }

  private noteRests(input: DiagnosisInput): void {
    const { now, engines } = input;
    const isRunResting = isSyncing(input) || !engines.some(mayWork);
    if (isRunResting) this.runRestedAt = now;
    for (const engine of engines) if (isRunResting || !mayWork(engine)) this.restedAt.set(engine.id, now);
    const listed = new Set(engines.map(({ id }) => id));
    for (const id of this.restedAt.keys()) if (!listed.has(id)) this.restedAt.delete(id);
  }
}

/** An engine of which nothing new is known. */
const withoutReadings = (engine: JudgedEngine): JudgedEngine => ({
  ...engine,
  isCurrent: false,
  measures: stickyMeasures(engine.measures),
});

/** Whether work is expected of any engine of which something new is known. */
export const isWorkExpected = (input: RuleInput): boolean =>
  !isSyncing(input) && input.engines.some((engine) => mayWork(engine) && engine.isCurrent);
