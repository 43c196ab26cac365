/** How much text the readers of one run hold, and whether that is little enough to hold lines whole. */

/**
 * Whole lines are read again twice as fast as their values and labels apart, but take five times the memory. Two nodes
 * of a small run have 1 MB; of a large run the first ones are held whole.
 */
export const wholeTextBytes = 16 * 2 ** 20;

/** The text of several readers, in bytes. */
export class TextBudget {
  private held = 0;

  constructor(private readonly bytes = wholeTextBytes) {}

  /** Whether another line may be held whole. */
  get hasRoom(): boolean {
    return this.held < this.bytes;
  }

  /** Counts this much more, or less if negative. */
  add(bytes: number): void {
    this.held += bytes;
  }
}
