/** Rollouts for the tests of what shows them. */
import type { Rollout } from '../../../src/shared/rollout';

/** Unix ms of the first one. */
export const firstFrom = Date.UTC(2026, 10, 24, 12);

/** A whole rollout; `changes` replace its keys. They follow each other every two minutes. */
export function rolloutOf(index: number, changes: Partial<Rollout> = {}): Rollout {
  const { kind = 'rollout', seconds = 80 } = changes;
  const from = firstFrom + index * 120_000;
  return {
    id: `${kind}-${index}`,
    kind,
    from,
    to: from + seconds * 1000,
    seconds,
    uncertainty: 4,
    cut: false,
    engines: 4,
    tokens: { prompt: 20_000, output: 80_000 },
    requests: 64,
    generationRate: 80_000 / seconds,
    ...(kind === 'rollout' && { tailSeconds: 16 }),
    idleSeconds: 32,
    idleShare: 0.1,
    asleepSeconds: 0,
    imbalance: 1.2,
    ...(kind === 'step' && { phases: { sync_weights: 8, wait_for_generation_buffer: 50, none: seconds - 58 } }),
    ...changes,
  };
}

/** So many whole rollouts, each with the changes that its number gives. */
export const rolloutsOf = (count: number, change: (index: number) => Partial<Rollout> = () => ({})): Rollout[] =>
  Array.from({ length: count }, (_, index) => rolloutOf(index, change(index)));
