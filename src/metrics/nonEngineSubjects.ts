/** Parts of a run that are no engines: nodes, GPUs, the trainer, HTTP servers. */
import type { Measure, Part, TrainingPhase } from '../api';
import type { Actor } from '../discovery/actors';
import type { LoadAverage } from '../discovery/nodeLoads';
import type { Backend } from '../discovery/rayBackend';
import type { SeriesMeta } from './seriesMeta';
import { asked } from './catalogIndex';
import type { SubjectReading, TargetReading } from './targetReader';
import { newTrack, setGauge, updateTrack, type Track } from './subjectState';

type Kind = Part['kind'];

const names: Record<Kind, (key: string, node: string, gpu: string) => string> = {
  node: (_, node) => node,
  gpu: (_, node, gpu) => `GPU ${gpu} on ${node}`,
  trainer: (_, node) => `trainer on ${node}`,
  server: (key) => key.replace(/^server /, ''),
};

/** How people call a part; `gpu` is its index. */
export const partName = (kind: Kind, key: string, node: string, gpu = ''): string => names[kind](key, node, gpu);

/** A series as if it had been scraped. */
function loadSeries({ key, node }: Track): SeriesMeta {
  const family = 'node_load_average_1m';
  return {
    family,
    familyNumber: 0,
    part: 'gauge',
    rank: 0,
    subject: 'node',
    key,
    node,
    labels: new Map(),
    identity: family,
  };
}

export interface PartsInput {
  /** With the answer before, where there was one that counts. */
  pairs: readonly { now: TargetReading; before: TargetReading | undefined }[];
  /** URLs of the targets that are listed. */
  listed: ReadonlySet<string>;
  actors: ReadonlyMap<string, Actor> | undefined;
  /** Worker ids of other runs. */
  others: ReadonlySet<string>;
  backend: Backend | undefined;
}

export class Parts {
  private readonly byKey = new Map<string, Track>();
  private phaseSince: { name: string; since: number } | undefined;

  get tracks(): Track[] {
    return [...this.byKey.values()];
  }

  /** Takes the answers in; parts whose target is no longer listed, whose worker died or is another run's, are gone. */
  add({ pairs, listed, actors, others, backend }: PartsInput): void {
    for (const { now, before } of pairs) {
      for (const reading of now.parts.values()) {
        const track = this.trackOf(reading, now);
        const known = track.values !== undefined || before === undefined;
        updateTrack(track, {
          reading,
          at: now.at,
          beforeAt: known ? before?.at : undefined,
          backend,
          alive: true,
          processStart: track.native ? now.processStart : undefined,
        });
      }
    }
    for (const [key, { target, workerId = '' }] of this.byKey)
      if (!listed.has(target) || actors?.get(workerId)?.state === 'DEAD' || others.has(workerId))
        this.byKey.delete(key);
  }

  /** The dashboard's word on nodes that report: no series has a load average. Kept until it says another. */
  addLoads(loads: ReadonlyMap<string, LoadAverage>, at: number): void {
    for (const [node, [value]] of loads) {
      const track = this.byKey.get(`node ${node}`);
      if (track) setGauge(track, loadSeries(track), value, at);
    }
  }

  /** The trainer's phase: the one that it set to 1 last. */
  phase(): TrainingPhase | undefined {
    const phases = this.tracks.flatMap(({ layout, gauges }) =>
      layout
        .of(asked.phase)
        .map((place) => ({
          name: layout.metas[place]?.labels.get('phase') ?? '',
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
    return this.tracks.flatMap(({ key, subject, name, node }) => {
      const measures = own.get(key) ?? {};
      return subject === 'engine' || Object.keys(measures).length === 0
        ? []
        : [{ id: key, kind: subject, name, node, measures }];
    });
  }

  private trackOf(reading: SubjectReading, { url, at }: TargetReading): Track {
    const { key, meta, layout } = reading;
    let track = this.byKey.get(key);
    if (!track) {
      const name =
        meta.subject === 'engine' ? key : partName(meta.subject, key, meta.node, meta.labels.get('GpuIndex'));
      track = newTrack({
        key,
        subject: meta.subject,
        name,
        layout,
        native: meta.workerId === undefined,
        target: url,
        node: meta.node,
        firstSeenAt: at,
      });
      if (meta.workerId !== undefined) track.workerId = meta.workerId;
      this.byKey.set(key, track);
    }
    track.target = url;
    return track;
  }
}
