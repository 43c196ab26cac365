/** The subjects of a run that are not engines: nodes, GPUs, the trainer, HTTP servers. */
import type { Measure, Part, TrainingPhase } from '../api';
import type { Actor } from '../discovery/actors';
import type { LoadAverage } from '../discovery/nodeLoads';
import type { Backend } from '../discovery/rayBackend';
import { addBounded } from '../shared/boundedSet';
import { setGauge } from './gaugeValues';
import { moveSubjectTimes } from './moveTimes';
import type { SeriesMeta } from './seriesMeta';
import type { ReadingPair } from './skyrlTotals';
import { longestVanished, newSubjectState, type SubjectState } from './subjectState';
import type { SubjectReading, TargetReading } from './targetReader';
import { TrainingPhaseTracker } from './trainingPhase';
import { updateSubjectState } from './updateSubjectState';

type NonEngineKind = Part['kind'];

const namesByKind: Record<NonEngineKind, (key: string, node: string, gpuIndex: string) => string> = {
  node: (_, node) => node,
  gpu: (_, node, gpuIndex) => `GPU ${gpuIndex} on ${node}`,
  trainer: (_, node) => `trainer on ${node}`,
  server: (key) => key.replace(/^server /, ''),
};

/** The name of a subject for people. */
export const subjectName = (kind: NonEngineKind, key: string, node: string, gpuIndex = ''): string =>
  namesByKind[kind](key, node, gpuIndex);

/** The meta that a series of load averages would have if there were one. */
function loadAverageMeta({ key, node }: SubjectState): SeriesMeta {
  const family = 'node_load_average_1m';
  return {
    family,
    familyNumber: 0,
    sampleKind: 'gauge',
    rank: 0,
    subject: 'node',
    key,
    node,
    labels: new Map(),
    identity: family,
  };
}

/** One scrape of a run. */
interface NonEngineInput {
  pairs: readonly ReadingPair[];
  /** URLs of all targets of the run. */
  listedUrls: ReadonlySet<string>;
  /** By worker id. */
  actors: ReadonlyMap<string, Actor> | undefined;
  /** Worker ids of other runs. */
  otherWorkers: ReadonlySet<string>;
  backend: Backend | undefined;
}

/** Keeps the states of all subjects but engines. */
export class NonEngineSubjects {
  private readonly byKey = new Map<string, SubjectState>();
  private readonly phaseTracker = new TrainingPhaseTracker();
  /** Worker ids whose actor was DEAD, which is final: their agent repeats their series. */
  private readonly deadWorkers = new Set<string>();

  get states(): SubjectState[] {
    return [...this.byKey.values()];
  }

  /**
   * Updates the subjects with the readings of one scrape. Drops those whose target is no longer listed, whose worker is
   * dead, or which belong to another run.
   */
  add({ pairs, listedUrls, actors, otherWorkers, backend }: NonEngineInput): void {
    for (const { workerId, state } of actors?.values() ?? [])
      if (state === 'DEAD') addBounded(this.deadWorkers, workerId);
    for (const { current, previous, change } of pairs) {
      for (const reading of current.nonEngines.values()) {
        const state = this.stateOf(reading, current);
        // A subject that is new at a known target did not start just now as an engine does: it has no delta yet.
        const hasBaseline = state.values !== undefined || previous === undefined;
        updateSubjectState(state, {
          reading,
          at: current.at,
          beforeAt: hasBaseline ? previous?.at : undefined,
          backend,
          alive: true,
          processStart: state.native ? current.processStart : undefined,
          change,
        });
      }
    }
    for (const [key, { targetUrl, workerId = '' }] of this.byKey)
      if (!listedUrls.has(targetUrl) || this.deadWorkers.has(workerId) || otherWorkers.has(workerId))
        this.byKey.delete(key);
  }

  /** Forgets the subjects that were seen longest ago among those that have vanished, if there are too many of them. */
  forgetVanished(hasVanished: (subject: SubjectState) => boolean): void {
    for (const { key } of longestVanished(this.states.filter(hasVanished))) this.byKey.delete(key);
  }

  /** Sets the load averages of nodes, by address. They come from Ray's dashboard, because no series has them. */
  addLoadAverages(loads: ReadonlyMap<string, LoadAverage>, at: number): void {
    for (const [node, [lastMinute]] of loads) {
      const state = this.byKey.get(`node ${node}`);
      if (state) setGauge(state, loadAverageMeta(state), lastMinute, at);
    }
  }

  /** Moves the times that are kept by `ms`, because the machine's clock was set. */
  moveTimes(ms: number): void {
    for (const state of this.byKey.values()) moveSubjectTimes(state, ms);
    this.phaseTracker.moveTimes(ms);
  }

  /** The training phase after the last scrape. */
  trainingPhase(): TrainingPhase | undefined {
    return this.phaseTracker.update(this.states);
  }

  /** Whether a trainer tells its phase, which may be none. */
  get tellsPhase(): boolean {
    return this.states.some(
      ({ seriesIndex }) => seriesIndex.slotsOf(seriesIndex.catalogIndex.wellKnown.phase).length > 0,
    );
  }

  /** The subjects with their measures, for the snapshot. Those without a measure are left out. */
  toParts(measuresByKey: ReadonlyMap<string, Record<string, Measure>>): Part[] {
    return this.states.flatMap(({ key, subject, name, node }) => {
      const measures = measuresByKey.get(key) ?? {};
      return subject === 'engine' || Object.keys(measures).length === 0
        ? []
        : [{ id: key, kind: subject, name, node, measures }];
    });
  }

  private stateOf(reading: SubjectReading, { url, at }: TargetReading): SubjectState {
    let state = this.byKey.get(reading.key);
    if (!state) {
      state = newNonEngineState(reading, url, at);
      this.byKey.set(reading.key, state);
    }
    state.targetUrl = url;
    return state;
  }
}

function newNonEngineState({ key, meta, seriesIndex }: SubjectReading, targetUrl: string, at: number): SubjectState {
  const { subject, node, workerId, labels } = meta;
  return {
    ...newSubjectState({
      key,
      subject,
      name: subject === 'engine' ? key : subjectName(subject, key, node, labels.get('GpuIndex')),
      seriesIndex,
      native: workerId === undefined,
      targetUrl,
      node,
      firstSeenAt: at,
    }),
    ...(workerId !== undefined && { workerId }),
  };
}
