/** What happens in the demonstration and when, as tables. Times are seconds of a cycle; the cycle repeats. */

export const cycleSeconds = 300;

/** How long the run has gone on before anybody can look: the first scrape sees load. */
export const beforeSeconds = 24;

/** SkyRL's phases (`ray_skyrl_training_phase`): one is active, or none. */
export const phaseNames = [
  'wait_for_generation_buffer',
  'convert_to_training_input',
  'run_training',
  'sync_weights',
  'eval',
  'save_checkpoints',
  'save_hf_model',
] as const;
export type Phase = (typeof phaseNames)[number];

/** From when on which phase is active. */
export const phases: readonly (readonly [from: number, phase: Phase | undefined])[] = [
  [0, 'wait_for_generation_buffer'],
  [50, 'convert_to_training_input'],
  [55, 'run_training'],
  [95, 'sync_weights'],
  [103, 'wait_for_generation_buffer'],
  [160, 'convert_to_training_input'],
  [165, 'run_training'],
  [205, 'sync_weights'],
  [213, 'eval'],
  [235, 'save_checkpoints'],
  [285, undefined],
];

/** How much of each engine's full load arrives; straight lines between the points. */
export const demand: readonly (readonly [at: number, share: number])[] = [
  [0, 0.6],
  [30, 0.85],
  [60, 1],
  [150, 1],
  [170, 0.5],
  [190, 0.15],
  [205, 0],
  [300, 0],
];

export type EngineEvent = 'die' | 'restart' | 'ready' | 'sleep' | 'wake';

/** What befalls an engine (`all`: each one). A restarted engine has a new WorkerId; it takes requests when it is ready. */
export const events: readonly { at: number; engine: number | 'all'; event: EngineEvent }[] = [
  { at: 110, engine: 3, event: 'die' },
  { at: 120, engine: 3, event: 'restart' },
  { at: 135, engine: 3, event: 'ready' },
  { at: 235, engine: 'all', event: 'sleep' },
  { at: 290, engine: 'all', event: 'wake' },
];

/** What makes an engine differ from the others. */
export interface EngineTraits {
  node: number;
  /** Requests a second at full demand. */
  arrivals: number;
  /** Times the others' inter-token latency. */
  slowness: number;
  /** Drafts with n-grams, three tokens a draft. */
  speculation: boolean;
}

export const engineTraits: readonly EngineTraits[] = [
  { node: 0, arrivals: 9.5, slowness: 1, speculation: true },
  { node: 0, arrivals: 1.5, slowness: 3.5, speculation: false },
  { node: 1, arrivals: 10.5, slowness: 1, speculation: false },
  { node: 1, arrivals: 6.3, slowness: 1, speculation: false },
];

/** The active phase at a second of the cycle. */
export function phaseAt(second: number): Phase | undefined {
  return phases.findLast(([from]) => from <= second)?.[1];
}

/** The share of full demand at a second of the cycle. */
export function demandAt(second: number): number {
  const after = demand.findIndex(([at]) => at > second);
  const [from, low] = demand[after - 1] ?? [0, 0];
  const [to, high] = demand[after] ?? [cycleSeconds, 0];
  return low + ((high - low) * (second - from)) / (to - from);
}
