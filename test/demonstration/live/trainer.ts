/** SkyRL's fully asynchronous trainer: its phase, and the buffer between generation and training. */
import type { Random } from './random';
import type { Registry } from './registry';
import type { Phase } from './scenario';

/** Prompts of one training step; each is a group of samples. */
export const miniBatchSize = 96;
/** Samples of one prompt. */
export const samplesPerPrompt = 16;
/** Groups that fit into the buffer. */
export const bufferSize = 256;

/** The state of the trainer. */
export interface TrainerState {
  phase: Phase | undefined;
  /** Phases that were active so far; their gauges are 0 afterwards. */
  pastPhases: Set<Phase>;
  /** Groups in the buffer, with fractions. */
  bufferedGroups: number;
}

/** A trainer before its first phase. */
export const createTrainer = (): TrainerState => ({ phase: undefined, pastPhases: new Set(), bufferedGroups: 0 });

function setGauges({ phase, pastPhases, bufferedGroups }: TrainerState, { gauges }: Registry): void {
  for (const pastPhase of pastPhases) gauges.set(`training_phase/${pastPhase}`, pastPhase === phase ? 1 : 0);
  gauges.set('mini_batch_size', miniBatchSize);
  gauges.set('gen_buffer_maxsize', bufferSize);
  gauges.set('gen_buffer_qsize', Math.floor(bufferedGroups));
}

/**
 * One step in a phase, after `finishedSamples` have come in since the step before. Gauges are set only when something
 * changes.
 */
export function stepTrainer(
  state: TrainerState,
  registry: Registry,
  random: Random,
  phase: Phase | undefined,
  finishedSamples: number,
): void {
  const hasChanged = phase !== state.phase;
  state.phase = phase;
  if (phase) state.pastPhases.add(phase);
  if (hasChanged && phase === 'convert_to_training_input') {
    state.bufferedGroups = Math.max(0, state.bufferedGroups - miniBatchSize);
    registry.gauges.set('gen_group_keep_rate', Math.min(1, 0.82 * random.factor(0.05)));
  }
  state.bufferedGroups = Math.min(bufferSize, state.bufferedGroups + finishedSamples / samplesPerPrompt);
  if (hasChanged || finishedSamples > 0) setGauges(state, registry);
}
