/** Reads recordings as the collector would, and builds their snapshots. */
import type { Snapshot, Trigger } from '../../../src/api';
import { fetchActors, type Actor } from '../../../src/discovery/actors';
import type { HttpGet } from '../../../src/http/httpGet';
import type { Target } from '../../../src/discovery/targets';
import { ExpositionReader } from '../../../src/exposition/expositionReader';
import type { SeriesMeta } from '../../../src/metrics/seriesMeta';
import type { MetricsResponse, TrackWork } from '../../../src/collector/snapshotSource';
import { SnapshotBuilder } from '../../../src/collector/snapshotBuilder';
import { loadRecording, type RayRecording, type RecordedStep } from '../../demonstration/replay/recording';
import { assertObeys } from './assertObeys';
import { catalogIndex, isWanted, seriesDescriber } from './catalogIndex';

/** The target of a recorded node. */
export const targetOf = (node: number): Target => ({
  url: `http://192.0.2.${node}:1/metrics`,
  kind: 'ray',
  discoveredBy: 'dashboard',
});

/** A reader for a target's bodies. */
export function readerOf(target: Target): ExpositionReader<SeriesMeta> {
  return new ExpositionReader(isWanted, (name, labels) => seriesDescriber.describe(target.url, name, labels));
}

/** The actors of a step's recorded answer, as read from a dashboard. Undefined if none was recorded. */
export async function actorsOf(step: RecordedStep): Promise<Map<string, Actor> | undefined> {
  const recorded = step.json['logical-actors'];
  if (!recorded) return undefined;
  const get: HttpGet = (_url, { onChunk }) => {
    const bytes = Buffer.from(JSON.stringify(recorded));
    onChunk?.(bytes);
    return Promise.resolve({ at: step.at, bytes: bytes.length, mediaType: 'application/json', framed: true });
  };
  return fetchActors('http://127.0.0.1:1', {
    get,
    signal: new AbortController().signal,
    timeoutMs: 1000,
    sleep: () => Promise.resolve(),
  });
}

/** What is different from the recording. */
export interface ReplayOptions {
  trigger?: Trigger;
  /** Whether the target of a node fails at a step. */
  fails?: (step: string, node: number) => boolean;
  /** Changes a body before it is read. */
  edit?: (step: string, node: number, body: Buffer) => Buffer;
  /** Number of engines that the config expects. */
  expected?: number;
  withActors?: boolean;
  trackWork?: TrackWork;
}

/** A step with its snapshot. */
export interface ReplayedStep {
  step: RecordedStep;
  snapshot: Snapshot;
  answers: readonly MetricsResponse[];
}

/** All steps of a recording with their snapshots, at the recorded times. */
export async function replayRecording(name: RayRecording, options: ReplayOptions = {}): Promise<ReplayedStep[]> {
  const builder = new SnapshotBuilder(catalogIndex);
  const readers = new Map<number, ExpositionReader<SeriesMeta>>();
  const replayed: ReplayedStep[] = [];
  const { steps } = loadRecording(name);
  const nodes = [...new Set(steps.flatMap(({ bodies }) => bodies.map(({ node }) => node)))];
  for (const step of steps) {
    const answers: MetricsResponse[] = step.bodies.map(({ node, bytes }) => {
      const target = targetOf(node);
      if (options.fails?.(step.name, node))
        return {
          target,
          at: step.at,
          tookMs: 1,
          bytes: 0,
          error: Object.assign(new Error('refused'), { kind: 'refused' as const }),
        };
      const reader = readers.get(node) ?? readerOf(target);
      readers.set(node, reader);
      reader.begin();
      reader.feed(options.edit?.(step.name, node, bytes) ?? bytes);
      return { target, at: step.at, tookMs: 1, bytes: bytes.length, result: reader.end() };
    });
    const actors = options.withActors === false ? undefined : await actorsOf(step);
    const built = builder.build({
      trigger: options.trigger ?? 'api',
      now: step.at,
      targets: nodes.map(targetOf),
      answers,
      actors,
      rayVersion: undefined,
      expectedEngines: options.expected,
      trackWork: options.trackWork,
    });
    replayed.push({ step, snapshot: assertObeys(built), answers });
  }
  return replayed;
}
