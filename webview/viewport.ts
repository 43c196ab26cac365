/** What the page looks at: the time range, the cursor and the selection. All times are Unix ms by the host's clock. */
import type { TimeRange } from '../src/shared/protocol';

/** Time range, cursor and selection of a page. */
export class Viewport {
  /** What a person marks to zoom in on. */
  selection: TimeRange | undefined;
  /** Where the slider's cursor is while it has the focus. */
  keyCursor: number | undefined;
  /** Where the mouse is while it is over a plot. */
  mouseCursor: number | undefined;
  /** ID of the heat map's row that the slider's cursor is in, and of the one under the mouse. */
  keyRow: string | undefined;
  mouseRow: string | undefined;
  /** A range that does not move; undefined while the range follows the time. */
  fixedRange: TimeRange | undefined;
  /** The host's clock less the page's: they may be on two machines. */
  private clockSkewMs = 0;

  /** `rangeMs` is the length of the range that follows the time. */
  constructor(private readonly rangeMs: () => number) {}

  /** Sets the clock by a message of the host. */
  syncClock(hostNow: number): void {
    this.clockSkewMs = hostNow - Date.now();
  }

  get now(): number {
    return Date.now() + this.clockSkewMs;
  }

  /** Whether the range ends now and moves on. */
  get isLive(): boolean {
    return !this.fixedRange;
  }

  get range(): TimeRange {
    const { now } = this;
    return this.fixedRange ?? { from: now - this.rangeMs(), to: now };
  }

  /** The cursor within a range; undefined if nothing is pointed at. */
  cursorIn({ from, to }: TimeRange): number | undefined {
    const cursor = this.mouseCursor ?? this.keyCursor;
    return cursor === undefined ? undefined : Math.min(to, Math.max(from, cursor));
  }
}
