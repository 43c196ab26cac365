/** An engine as the snapshot and the diagnosis show it. */
import type { Engine, EngineRole, EngineState, ServerFacts } from '../api';
import { inferRelease } from '../diagnosis/releases';
import type { TrackedEngine } from '../diagnosis/rule';
import type { Actor } from '../discovery/actors';
import { isConfigLabel } from '../metrics/seriesIdentity';
import type { SeriesMeta } from '../metrics/seriesMeta';
import type { SubjectState } from '../metrics/subjectState';

/** What an engine's entry in the snapshot is made of, beside its own state over time. */
export interface EngineFacts {
  state: EngineState;
  measures: Engine['measures'];
  actor: Actor | undefined;
  role: EngineRole | undefined;
  serverFacts: ServerFacts | undefined;
}

/** The engine's entry in the snapshot; what is unknown is a missing key. */
export function toSnapshotEngine(
  engine: SubjectState,
  { state, measures, actor, role, serverFacts }: EngineFacts,
): Engine {
  const { key, name, node, workerId, model, pid, movedAt, follows, seriesIndex } = engine;
  // A server that reports its version needs no inference.
  const release =
    serverFacts?.version === undefined ? inferRelease(seriesIndex.families, seriesIndex.renamedFamilies) : undefined;
  return {
    id: key,
    name,
    node,
    state,
    measures,
    ...withoutUndefined({
      workerId,
      model,
      pid,
      movedAt,
      follows,
      role,
      job: actor?.jobId,
      startedAt: actor?.startedAt,
      release,
      server: serverFacts,
      config: cacheConfigOf(engine),
    }),
  };
}

/**
 * What the diagnosis is told about a living engine beyond its entry in the snapshot. `tellsPhase`: the trainer reports
 * its phase, in which a weight sync would be seen.
 */
export function toTrackedEngine(
  engine: SubjectState,
  serverFacts: ServerFacts | undefined,
  tellsPhase: boolean,
): TrackedEngine {
  const { key, name, native, targetUrl, firstSeenAt, seenAt, values, stuckSince } = engine;
  const { impossible, resetAt, resetInPart, seriesIndex } = engine;
  // An idle engine on Ray 2.57 publishes no gauges: then missing families say nothing.
  const hasActivityGauges = seriesIndex.slotsOf(seriesIndex.catalogIndex.wellKnown.running).length > 0;
  return {
    key,
    name,
    native,
    targetUrl: targetUrl === '' ? undefined : targetUrl,
    firstSeenAt,
    seenAt,
    // An engine with work may show no change for two intervals.
    reportIntervalMs: engine.reportInterval && engine.reportInterval.patienceMs / 2,
    hasReported: values !== undefined,
    stuckSince,
    mayBePaused: serverFacts?.paused === undefined && !tellsPhase,
    impossible: [...(impossible ?? [])].map(([slot, value]) => ({
      family: seriesIndex.metas[slot]?.family ?? '',
      value,
    })),
    resetAt,
    resetInPart,
    renamedFamilies: seriesIndex.renamedFamilies,
    families: hasActivityGauges ? seriesIndex.families : undefined,
  };
}

/** The same object without its undefined values. */
function withoutUndefined<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  const defined: { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } = {};
  for (const key in fields)
    if (fields[key] !== undefined) defined[key] = fields[key] as Exclude<Fields[typeof key], undefined>;
  return defined;
}

/** Made once per series, because most scrapes repeat it. */
const cacheConfigs = new WeakMap<SeriesMeta, Record<string, string>>();

/** The labels of the newest `cache_config_info`, which an engine sets once, at its start. */
function cacheConfigOf({ seriesIndex, gauges }: SubjectState): Record<string, string> | undefined {
  let newestSlot: number | undefined;
  for (const slot of seriesIndex.slotsOf(seriesIndex.catalogIndex.wellKnown.cacheConfig)) {
    const at = gauges.at[slot] ?? NaN;
    const newestAt = newestSlot === undefined ? -Infinity : (gauges.at[newestSlot] ?? -Infinity);
    if (at > newestAt) newestSlot = slot;
  }
  const meta = newestSlot === undefined ? undefined : seriesIndex.metas[newestSlot];
  if (!meta) return undefined;
  const config =
    cacheConfigs.get(meta) ?? Object.fromEntries([...meta.labels].filter(([label]) => isConfigLabel(label)));
  cacheConfigs.set(meta, config);
  return config;
}
