/** One rollout, or one step of training, as it is described. */

/**
 * A rollout is a span in which engines work, from the first request after a rest to the last one before the next. A step
 * is a cycle of training, from one weight sync to the next. Times are Unix ms, durations seconds, shares 0 to 1; what is
 * not known is a missing key.
 */
export interface Rollout {
  /** The same for as long as it is kept, also after a reload. */
  id: string;
  kind: 'rollout' | 'step';
  from: number;
  /** Of one that lasts: the newest reading. */
  to: number;
  seconds: number;
  /** `seconds` is at most this far from the truth, if both ends were seen. */
  uncertainty: number;
  /** Its beginning or its end was not seen, or an engine was not observed then. It is in no statistic. */
  cut: boolean;
  /** It has not ended yet. */
  isOpen?: true;
  /** The most engines that there were at one time. */
  engines: number;
  tokens: { prompt?: number; output?: number };
  /** Requests that finished, for any reason. */
  requests?: number;
  preemptions?: number;
  /** Output tokens per second: mean, and the highest that a scrape measured. */
  generationRate?: number;
  highestRate?: number;
  /** Highest share of a KV cache in use. */
  kvPeak?: number;
  hitRate?: number;
  /** Share of the draft tokens that were accepted. */
  acceptance?: number;
  /** From when half of the engines had run dry to the end. */
  tailSeconds?: number;
  /** Name of the engine that ended last. */
  lastEngine?: string;
  /** Sum over the engines of the seconds without work, and its share of all their seconds. */
  idleSeconds?: number;
  idleShare?: number;
  /** Of `idleSeconds`, those in which the engine was asleep. */
  asleepSeconds?: number;
  /** Highest output tokens of an engine ÷ their mean. */
  imbalance?: number;
  /** The engine with the fewest output tokens per second of work. */
  slowestEngine?: { name: string; rate: number };
  /** Of a step: seconds by SkyRL's phase; `none` is what no phase explains. */
  phases?: Record<string, number>;
}

/** The name of what no phase explains. */
export const noPhase = 'none';
