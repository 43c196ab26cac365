/** A frame: the time range, cursor and theme that all plots of a page share at one moment. */
import type { ChartBand } from '../src/shared/chartData';
import type { TimeRange } from '../src/shared/protocol';
import type { SubjectChoice } from '../src/shared/subjectChoice';
import type { EngineOrder } from '../src/shared/viewOptions';
import type { Theme } from './theme';

/** What all plots of a page share at one moment. Times are Unix ms by the host's clock. */
export interface Frame extends TimeRange {
  now: number;
  /** Whether the range ends now and moves on. */
  isLive: boolean;
  /** Where values are read; undefined for the newest values. */
  cursor: number | undefined;
  /** What a person marks to zoom in on. */
  selection: TimeRange | undefined;
  /** Keys of the lines that are not drawn. */
  mutedKeys: ReadonlySet<string>;
  /** Phases, states and resets, in the order of their beginnings. */
  bands: readonly ChartBand[];
  theme: Theme;
  /** What the host lists; those with a state exist now. */
  subjects: readonly SubjectChoice[];
  engineOrder: EngineOrder;
  /** ID of the row of a heat map that is read; undefined if none is. */
  row: string | undefined;
  /** ID of the engine that a person has selected. */
  selectedEngine: string | undefined;
}
