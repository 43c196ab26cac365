/** SkyRL's fully asynchronous trainer: its phase, and the buffer between generation and training. */
import type { Ledger } from './ledger';
import type { Random } from './random';
import { phaseAt, type Phase } from './timeline';

/** Prompts (groups of samples) of one training step, samples of one prompt, and the room of the buffer. */
export const miniBatchSize = 96;
export const samplesPerPrompt = 16;
export const bufferSize = 256;

export interface TrainerState {
  phase: Phase | undefined;
  /** Phases that were active before; their gauges say 0 from then on. */
  seen: Set<Phase>;
  /** Groups in the buffer. */
  buffer: number;
}

export const createTrainer = (): TrainerState => ({ phase: undefined, seen: new Set(), buffer: 0 });

function enter(state: TrainerState, ledger: Ledger, random: Random, phase: Phase | undefined): void {
  if (phase) state.seen.add(phase);
  state.phase = phase;
  // SkyRL sets these when something changes, not in each report.
  for (const each of state.seen) ledger.gauges.set(`training_phase/${each}`, each === phase ? 1 : 0);
  ledger.gauges.set('mini_batch_size', miniBatchSize);
  ledger.gauges.set('gen_buffer_maxsize', bufferSize);
  if (phase === 'convert_to_training_input') {
    state.buffer = Math.max(0, state.buffer - miniBatchSize);
    ledger.gauges.set('gen_group_keep_rate', Math.min(1, 0.82 * random.factor(0.05)));
  }
}

/** One step at a second of the cycle; `finished` samples have come in since the step before. */
export function stepTrainer(state: TrainerState, ledger: Ledger, random: Random, second: number, finished: number): void {
  const phase = phaseAt(second);
  if (phase !== state.phase) enter(state, ledger, random, phase);
  state.buffer = Math.min(bufferSize, state.buffer + finished / samplesPerPrompt);
  if (finished > 0) ledger.gauges.set('gen_buffer_qsize', Math.floor(state.buffer));
}
