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

function setGauges({ phase, seen, buffer }: TrainerState, ledger: Ledger): void {
  for (const each of seen) ledger.gauges.set(`training_phase/${each}`, each === phase ? 1 : 0);
  ledger.gauges.set('mini_batch_size', miniBatchSize);
  ledger.gauges.set('gen_buffer_maxsize', bufferSize);
  ledger.gauges.set('gen_buffer_qsize', Math.floor(buffer));
}

/** One step at a second of the cycle; `finished` samples have come in since the step before. Gauges are set when something happens, not in each report. */
export function stepTrainer(
  state: TrainerState,
  ledger: Ledger,
  random: Random,
  second: number,
  finished: number,
): void {
  const phase = phaseAt(second);
  const changed = phase !== state.phase;
  state.phase = phase;
  if (phase) state.seen.add(phase);
  if (changed && phase === 'convert_to_training_input') {
    state.buffer = Math.max(0, state.buffer - miniBatchSize);
    ledger.gauges.set('gen_group_keep_rate', Math.min(1, 0.82 * random.factor(0.05)));
  }
  state.buffer = Math.min(bufferSize, state.buffer + finished / samplesPerPrompt);
  if (changed || finished > 0) setGauges(state, ledger);
}
