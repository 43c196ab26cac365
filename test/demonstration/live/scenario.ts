/**
 * A scenario of the simulation: what happens to engines and trainer, and when. The demonstration's is in
 * `demonstrationScenario.ts`.
 */

/** SkyRL's training phases (`ray_skyrl_training_phase`). */
export type Phase =
  | 'wait_for_generation_buffer'
  | 'convert_to_training_input'
  | 'run_training'
  | 'sync_weights'
  | 'eval'
  | 'save_checkpoints'
  | 'save_hf_model';

/** What can happen to an engine. A restarted engine has a new `WorkerId`, and takes requests after `ready`. */
export type EngineEvent = 'die' | 'restart' | 'ready' | 'sleep' | 'wake';

/** How an engine differs from the others. */
export interface EngineTraits {
  /** Index of the node that it is on. */
  node: number;
  /** Requests per second at full demand. */
  arrivals: number;
  /** Factor of the inter-token latency. */
  slowness: number;
  /** Whether it speculates with n-grams, three tokens per draft. */
  speculation: boolean;
}

/** Everything that is specific to a scenario, as tables. Times are seconds of a cycle, which repeats. */
export interface Scenario {
  nodes: number;
  /** Step of the simulation. Longer steps cost less. */
  stepMs: number;
  /** A multiple of the step, as is each second of an event. */
  cycleSeconds: number;
  /** How long the run has been going at the first scrape, so that it sees load. */
  headStartSeconds: number;
  engines: readonly EngineTraits[];
  /** The phase from a second on; undefined for none. In the order of time, from second 0. */
  phases: readonly (readonly [from: number, phase: Phase | undefined])[];
  /** Share of each engine's full load, with straight lines between the points. From second 0 to `cycleSeconds`. */
  demand: readonly (readonly [at: number, share: number])[];
  /** What happens to an engine, by its index, or to all. */
  events: readonly { at: number; engine: number | 'all'; event: EngineEvent }[];
}

/** The active phase at a second of the cycle. */
export function phaseAt({ phases }: Scenario, second: number): Phase | undefined {
  return phases.findLast(([from]) => from <= second)?.[1];
}

/** The share of full demand at a second of the cycle. */
export function demandAt({ demand, cycleSeconds }: Scenario, second: number): number {
  const after = demand.findIndex(([at]) => at > second);
  const [from, fromShare] = demand[after - 1] ?? [0, 0];
  const [to, toShare] = demand[after] ?? [cycleSeconds, 0];
  return fromShare + ((toShare - fromShare) * (second - from)) / (to - from);
}
