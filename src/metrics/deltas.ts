/** What moved between two readings of one engine: each series' own pair of samples, never a sum of sums. */
import type { EngineReading, CounterSample } from './reading';

/** Ray ≤ 2.51 sums counters in floats: `7441.999999999998` after `7442` is the same count, not a restart. */
const noise = 1e-9;

export interface EngineDelta {
  /** A counter fell: the engine began anew, and nothing here can be trusted as a difference. */
  reset: boolean;
  moved: boolean;
  /** By identity; empty after a reset. */
  deltas: CounterSample[];
}

/**
 * `before`: the engine's counters then; `known`: identities met at any time before.
 * `absenceSeen`: the target did answer then, so that an identity never met before counts from 0; one that comes back only continues.
 */
export function engineDelta(before: ReadonlyMap<string, CounterSample>, now: EngineReading, known: ReadonlySet<string>, absenceSeen: boolean): EngineDelta {
  const deltas: CounterSample[] = [];
  let moved = false;
  for (const [identity, sample] of now.counters) {
    const earlier = before.get(identity)?.value ?? (absenceSeen && !known.has(identity) ? 0 : undefined);
    if (earlier === undefined) continue;
    const delta = sample.value - earlier;
    const slack = noise * Math.max(1, Math.abs(earlier));
    if (delta < -slack) return { reset: true, moved: true, deltas: [] };
    if (delta > slack) moved = true;
    deltas.push({ meta: sample.meta, value: Math.abs(delta) <= slack ? 0 : delta });
  }
  return { reset: false, moved, deltas };
}
