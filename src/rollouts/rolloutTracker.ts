/** Keeps the rollouts and steps of a history up to date: what has ended is described once. */
import type { WorkHistory } from '../history/workHistory';
import type { ChartBand } from '../shared/chartData';
import type { Rollout } from '../shared/rollout';
import { describeSpan } from './figures';
import { findTrainingSteps } from './trainingSteps';
import { findWorkSpans, type WorkSpan } from './workSpans';

/** The parts of a history that rollouts are found in. */
export interface RolloutSource {
  work: WorkHistory;
  /** Engine states in a span of time, for when engines were asleep. */
  bandsBetween: (from: number, to: number) => ChartBand[];
}

/** The rollouts and steps of a run, oldest first; the last ones may still last. */
export interface RunRollouts {
  all: readonly Rollout[];
  /** The present one: a rollout, or a step where engines never rest. */
  present?: Rollout;
}

/** What has ended of one kind, and the time up to which nothing can change. */
interface Ended {
  rollouts: Rollout[];
  /** Unix ms. */
  until: number;
}

/** Most rollouts of one kind that are kept; the oldest are dropped. */
const maxRollouts = 2_000;

/** A span of work with so many whole steps in it is no rollout: engines of fully asynchronous training never rest. */
const endlessSteps = 3;

/** Finds the rollouts of one run. Pure but for what it remembers of those that have ended. */
export class RolloutTracker {
  private work: WorkHistory | undefined;
  private revision = 0;
  private ended = newEnded();
  /** What has ended of both kinds, oldest first; undefined if that has changed. */
  private inOrder: readonly Rollout[] | undefined;
  /** The engines work without a rest since longer than is looked at. */
  private isEndless = false;

  /** The rollouts of a history as it is now. If it is another history than before, everything is found anew. */
  update(source: RolloutSource): RunRollouts {
    const { work } = source;
    if (work !== this.work || work.revision !== this.revision) {
      this.ended = newEnded();
      this.inOrder = undefined;
      this.isEndless = false;
    }
    this.work = work;
    this.revision = work.revision;
    const openStep = this.updateKind('step', findTrainingSteps(work, this.ended.step.until), source);
    const openRollouts = this.updateKind('rollout', this.findRollouts(source), source);
    const present = openRollouts.at(-1) ?? openStep.at(-1);
    return {
      all: [...this.endedInOrder(), ...openRollouts, ...openStep].sort(byTime),
      ...(present && this.isPresent(present) && { present }),
    };
  }

  /** Without rollouts of their own, steps are what is in progress. */
  private isPresent({ kind }: Rollout): boolean {
    return kind === 'rollout' || this.isEndless;
  }

  /** Describes spans, and remembers those that have ended; returns the others. */
  private updateKind(
    kind: Rollout['kind'],
    spans: readonly WorkSpan[],
    { work, bandsBetween }: RolloutSource,
  ): Rollout[] {
    const ended = this.ended[kind];
    const [first] = spans;
    const bands = first ? bandsBetween(first.from.after, Infinity) : [];
    const open: Rollout[] = [];
    for (const span of spans) {
      const rollout = describeSpan(span, work, bands);
      if (span.isOpen) open.push(rollout);
      else {
        ended.rollouts.push(rollout);
        ended.until = span.to.before;
      }
    }
    const { length } = ended.rollouts;
    const firstKept = ended.rollouts.findIndex(({ to }) => to >= work.completeFrom);
    const dropped = Math.max(firstKept < 0 ? length : firstKept, length - maxRollouts);
    if (dropped > 0) ended.rollouts.splice(0, dropped);
    if (dropped > 0 || open.length < spans.length) this.inOrder = undefined;
    return open;
  }

  /** What has ended of both kinds, oldest first. */
  private endedInOrder(): readonly Rollout[] {
    const { rollout, step } = this.ended;
    return (this.inOrder ??= [...rollout.rollouts, ...step.rollouts].sort(byTime));
  }

  /** Spans of work without endless ones. Of one that is open, only what follows the newest whole step is looked at. */
  private findRollouts({ work, bandsBetween }: RolloutSource): WorkSpan[] {
    const { rollout, step } = this.ended;
    const spans = findWorkSpans(work, bandsBetween(rollout.until, Infinity), rollout.until);
    const wasEndless = this.isEndless;
    this.isEndless = false;
    return spans.filter((span, index) => {
      const continues = wasEndless && index === 0 && span.pieces.some(({ rows: [row] }) => row?.kind === 'continued');
      if (!continues && wholeStepsWithin(span, step.rollouts) < endlessSteps) return true;
      this.isEndless = span.isOpen;
      rollout.until = Math.max(rollout.until, span.isOpen ? step.until : span.to.before);
      return false;
    });
  }
}

/** How many of the steps, which ascend in time, are whole and within a span; counts no further than is needed. */
function wholeStepsWithin({ from, to }: WorkSpan, steps: readonly Rollout[]): number {
  let count = 0;
  for (let index = steps.length - 1; index >= 0 && count < endlessSteps; index--) {
    const step = steps[index];
    if (!step || step.from < from.at) break;
    if (!step.cut && step.to <= to.at) count += 1;
  }
  return count;
}

const byTime = (a: Rollout, b: Rollout): number => a.from - b.from || a.to - b.to;

const newEnded = (): Record<Rollout['kind'], Ended> => ({
  rollout: { rollouts: [], until: -Infinity },
  step: { rollouts: [], until: -Infinity },
});
