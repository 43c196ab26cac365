/** What SkyRL's trainer is doing, from its gauge of training phases. */
import type { TrainingPhase } from '../api';
import type { SubjectState } from './subjectState';

/** Follows the training phase from scrape to scrape. */
export class TrainingPhaseTracker {
  private current: { name: string; since: number } | undefined;

  /** Moves the time that is kept by `ms`, because the machine's clock was set. */
  moveTimes(ms: number): void {
    if (this.current) this.current = { ...this.current, since: this.current.since + ms };
  }

  /**
   * The phase that was set to 1 last, since when and when it was last confirmed (Unix ms). Undefined if none is set.
   * The gauge is set on changes only, so that a phase holds until another is set, however old it is.
   */
  update(states: readonly SubjectState[]): TrainingPhase | undefined {
    const phases = states.flatMap(({ seriesIndex, gauges }) =>
      seriesIndex.slotsOf(seriesIndex.catalogIndex.wellKnown.phase).map((slot) => ({
        name: seriesIndex.metas[slot]?.labels.get('phase') ?? '',
        value: gauges.values[slot] ?? NaN,
        at: gauges.at[slot] ?? NaN,
      })),
    );
    const active = phases.filter(({ value }) => value > 0).sort((a, b) => b.at - a.at)[0];
    if (!active) {
      this.current = undefined;
      return undefined;
    }
    if (this.current?.name !== active.name) this.current = { name: active.name, since: active.at };
    return { ...this.current, at: active.at };
  }
}
