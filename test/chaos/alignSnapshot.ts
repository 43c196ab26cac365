/** Fits what a window of another process shows to the requests that the simulation saw. */
import type { Engine, Measure, Snapshot } from '../../src/api';
import type { ChaosCluster } from './chaosCluster';
import type { TargetAnswer } from './snapshotJudge';

/** The longest time between a request and the time that a window shows for it, in ms. */
const longestDelayMs = 5_000;

/** A snapshot whose times are those of requests, and how each node answered. */
export interface AlignedSnapshot {
  snapshot: Snapshot;
  answers: TargetAnswer[];
}

/**
 * Replaces the times of engines' measures by those of the node's request just before; they differ by the time that the
 * answer was on its way. A rate is over the time that the window saw, so that it changes by as much.
 */
export function alignSnapshot(snapshot: Snapshot, chaos: ChaosCluster): AlignedSnapshot {
  const nodes = new Map(chaos.simulation.workers.map(({ workerId, node }) => [workerId, node]));
  const requestBefore = (node: number, time: number): number | undefined => {
    const at = chaos.served.newestAt(node, time)?.at;
    return at !== undefined && time - at <= longestDelayMs ? at : undefined;
  };
  const alignMeasure = (measure: Measure, node: number): Measure => {
    const to = requestBefore(node, measure.to) ?? measure.to;
    if (measure.from === undefined) return { ...measure, to };
    return { ...measure, from: requestBefore(node, measure.from) ?? measure.from, to };
  };
  const alignEngine = (engine: Engine): Engine => {
    const node = nodes.get(engine.id);
    if (node === undefined) return engine;
    const measures = Object.entries(engine.measures).map(([id, each]) => [id, alignMeasure(each, node)] as const);
    return { ...engine, measures: Object.fromEntries(measures) };
  };
  const answers = chaos.cluster.nodes.flatMap((_, node): TargetAnswer[] => {
    const url = chaos.targetUrl(node);
    const report = snapshot.targets.find((target) => target.url === url);
    if (!report) return [];
    // A target that failed may have been skipped; nothing here says whether it was asked.
    if (report.state === 'failed') return [{ url, at: undefined, error: report.error ?? 'failed' }];
    return [{ url, at: requestBefore(node, snapshot.at), error: undefined }];
  });
  return { snapshot: { ...snapshot, engines: snapshot.engines.map(alignEngine) }, answers };
}
