/** A pointer to the step of a recording that is served. */
import type { RecordedStep } from './recording';

/** The steps of a recording, of which one is served. */
export interface Steps {
  readonly steps: readonly RecordedStep[];
  readonly current: RecordedStep;
  /** Serves a step, by its index from 0 or by the start of its name (`'06'`). Throws if there is no such step. */
  step(which: number | string): RecordedStep;
  /** Serves the next step; stays at the last one. */
  next(): RecordedStep;
}

/** A pointer to the first step. */
export function createStepPointer(steps: readonly RecordedStep[]): Steps & { readonly index: number } {
  let index = 0;
  const goTo = (newIndex: number): RecordedStep => {
    const step = steps[newIndex];
    if (!step) throw new Error(`no step ${newIndex} of ${steps.length}`);
    index = newIndex;
    return step;
  };
  return {
    steps,
    get index() {
      return index;
    },
    get current() {
      return goTo(index);
    },
    step: (which) => goTo(typeof which === 'number' ? which : steps.findIndex(({ name }) => name.startsWith(which))),
    next: () => goTo(Math.min(index + 1, steps.length - 1)),
  };
}
