/** Redraws of the page, at most one per animation frame. */

/** What must be redrawn: everything, or the cursor alone. */
export type RedrawScope = 'cursor' | 'all';

/** Collects requests until the next animation frame. */
export class RedrawScheduler {
  private pending: RedrawScope | undefined;

  /** `redraw` is called once per frame, with the widest scope that was requested. */
  constructor(private readonly redraw: (scope: RedrawScope) => void) {}

  request(scope: RedrawScope): void {
    if (!this.pending) {
      requestAnimationFrame(() => {
        const scopeNow = this.pending;
        this.pending = undefined;
        if (scopeNow) this.redraw(scopeNow);
      });
    }
    if (this.pending !== 'all') this.pending = scope;
  }

  /** Redraws everything without waiting for a frame. */
  redrawNow(): void {
    this.pending = undefined;
    this.redraw('all');
  }
}
