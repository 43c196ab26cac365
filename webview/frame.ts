import type { ChartBand } from '../src/shared/chartData';
import type { TimeRange } from '../src/shared/protocol';
import type { Theme } from './theme';

/** What all plots of a page have in common at one moment. Times are Unix ms by the host's clock. */
export interface Frame extends TimeRange {
  now: number;
  /** Whether the right edge is now and moves on. */
  isLive: boolean;
  /** Where a person reads; `undefined`: the newest values are read. */
  cursor: number | undefined;
  /** What a person marks to look at it more closely. */
  selection: TimeRange | undefined;
  /** Keys of lines that are not drawn. */
  mutedKeys: ReadonlySet<string>;
  /** Phases, states and resets, in the order of their beginnings. */
  bands: readonly ChartBand[];
  theme: Theme;
}
