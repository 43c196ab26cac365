/** Parts of a run that are no engines: nodes, GPUs, the trainer, HTTP servers. */
import type { Measure, Part, TrainingPhase } from '../api';
import type { Actor } from '../discovery/actors';
import type { LoadAverage } from '../discovery/nodeLoads';
import type { Backend } from '../discovery/rayBackend';
import type { SeriesMeta } from './seriesMeta';
import { wellKnown } from './catalogIndex';
import type { SubjectReading, TargetReading } from './targetReader';
import { newSubjectState, setGauge, updateSubjectState, type SubjectState } from './subjectState';

type NonEngineKind = Part['kind'];

const subjectNames: Record<NonEngineKind, (key: string, node: string, gpu: string) => string> = {
  node: (_, node) => node,
  gpu: (_, node, gpu) => `GPU ${gpu} on ${node}`,
  trainer: (_, node) => `trainer on ${node}`,
  server: (key) => key.replace(/^server /, ''),
};

/** How people call a part; `gpu` is its index. */
export const subjectName = (kind: NonEngineKind, key: string, node: string, gpu = ''): string =>
  subjectNames[kind](key, node, gpu);

/** A series as if it had been scraped. */
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

export interface NonEngineInput {
  /** With the answer before, where there was one that counts. */
  pairs: readonly { current: TargetReading; previous: TargetReading | undefined }[];
  /** URLs of the targets that are listed. */
  listedUrls: ReadonlySet<string>;
  actors: ReadonlyMap<string, Actor> | undefined;
  /** Worker ids of other runs. */
  otherWorkers: ReadonlySet<string>;
  backend: Backend | undefined;
}

export class NonEngineSubjects {
  private readonly byKey = new Map<string, SubjectState>();
  private phaseSince: { name: string; since: number } | undefined;

  get states(): SubjectState[] {
    return [...this.byKey.values()];
  }

  /** Takes the answers in; parts whose target is no longer listed, whose worker died or is another run's, are gone. */
  add({ pairs, listedUrls, actors, otherWorkers, backend }: NonEngineInput): void {
    for (const { current, previous } of pairs) {
      for (const reading of current.nonEngines.values()) {
        const track = this.stateOf(reading, current);
        const known = track.values !== undefined || previous === undefined;
        updateSubjectState(track, {
          reading,
          at: current.at,
          beforeAt: known ? previous?.at : undefined,
          backend,
          alive: true,
          processStart: track.native ? current.processStart : undefined,
        });
      }
    }
    for (const [key, { targetUrl, workerId = '' }] of this.byKey)
      if (!listedUrls.has(targetUrl) || actors?.get(workerId)?.state === 'DEAD' || otherWorkers.has(workerId))
        this.byKey.delete(key);
  }

  /** The dashboard's word on nodes that report: no series has a load average. Kept until it says another. */
  addLoadAverages(loads: ReadonlyMap<string, LoadAverage>, at: number): void {
    for (const [node, [value]] of loads) {
      const track = this.byKey.get(`node ${node}`);
      if (track) setGauge(track, loadAverageMeta(track), value, at);
    }
  }

  /** The trainer's phase: the one that it set to 1 last. */
  trainingPhase(): TrainingPhase | undefined {
    const phases = this.states.flatMap(({ seriesIndex, gauges }) =>
      seriesIndex.slotsOf(wellKnown.phase).map((place) => ({
        name: seriesIndex.metas[place]?.labels.get('phase') ?? '',
        value: gauges.values[place] ?? NaN,
        at: gauges.at[place] ?? NaN,
      })),
    );
    const active = phases.filter(({ value }) => value > 0).sort((a, b) => b.at - a.at)[0];
    if (!active) {
      this.phaseSince = undefined;
      return undefined;
    }
    if (this.phaseSince?.name !== active.name) this.phaseSince = { name: active.name, since: active.at };
    return { ...this.phaseSince, at: active.at };
  }

  /** For the snapshot; those without a measure say nothing. */
  toParts(own: ReadonlyMap<string, Record<string, Measure>>): Part[] {
    return this.states.flatMap(({ key, subject, name, node }) => {
      const measures = own.get(key) ?? {};
      return subject === 'engine' || Object.keys(measures).length === 0
        ? []
        : [{ id: key, kind: subject, name, node, measures }];
    });
  }

  private stateOf(reading: SubjectReading, { url, at }: TargetReading): SubjectState {
    const { key, meta, seriesIndex } = reading;
    let track = this.byKey.get(key);
    if (!track) {
      const name =
        meta.subject === 'engine' ? key : subjectName(meta.subject, key, meta.node, meta.labels.get('GpuIndex'));
      track = newSubjectState({
        key,
        subject: meta.subject,
        name,
        seriesIndex,
        native: meta.workerId === undefined,
        targetUrl: url,
        node: meta.node,
        firstSeenAt: at,
      });
      if (meta.workerId !== undefined) track.workerId = meta.workerId;
      this.byKey.set(key, track);
    }
    track.targetUrl = url;
    return track;
  }
}
