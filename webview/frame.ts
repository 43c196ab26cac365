import type { Theme } from './theme';

/** What all plots of a page have in common at one moment. Times are Unix ms by the host's clock. */
export interface Frame {
  from: number;
  to: number;
  now: number;
  /** Whether the right edge is now, or was when a person pressed Pause. */
  follows: boolean;
  /** Where a person reads; `undefined`: the newest values are read. */
  cursor: number | undefined;
  /** Keys of lines that are not drawn. */
  muted: ReadonlySet<string>;
  theme: Theme;
}
