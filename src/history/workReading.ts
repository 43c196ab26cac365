/** What one scrape says of the engines' work: the evidence that rollouts and steps are found in. */
import type { EngineRole } from '../api';
import type { WorkTotals } from '../metrics/workCounters';

/** What one scrape says of one engine. Times are Unix ms. */
export interface EngineReading {
  /** `Engine.id`. */
  id: string;
  name: string;
  /** With prefill/decode disaggregation, if it is known. */
  role?: EngineRole;
  /** When its counters were read; undefined if its target did not answer. */
  at?: number;
  /** How much older than `at` the counters may be, in ms: the report interval on Ray, 0 on a server. */
  lagMs: number;
  totals: WorkTotals;
  /** Its counters began at 0 after this time, at which its target answered without it. */
  newSince?: number;
  /** Its process restarted: its counters began at 0 again. */
  isReset?: boolean;
  /** What its gauges say at this moment. On Ray 2.57 and newer missing gauges say that it has no requests. */
  load: 'busy' | 'idle' | 'unknown';
  /** Share of its KV cache in use, 0 to 1. */
  kvUsage?: number;
  /** It will not report again: its actor is dead. */
  hasEnded?: boolean;
}

/** What one scrape says of all engines of the run. */
export interface WorkReading {
  /** Unix ms. */
  at: number;
  /** The engines that live, and those that died since the reading before. */
  engines: readonly EngineReading[];
  /** SkyRL's training phase, empty between two phases; undefined if no trainer tells it. */
  phase?: string;
  /** Output tokens per second of all engines. */
  generationRate?: number;
}
