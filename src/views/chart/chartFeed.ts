import type { Event } from 'vscode';
import type { Status } from '../../api';
import type { ChartData, ChartSubject, ChartIncrement, ChartQuery } from '../../shared/chartData';
import type { ChartRow } from '../../shared/chartRow';

/** What charts show, and when there is more of it. */
export interface ChartFeed {
  /** With the distributions of the histograms named. */
  query(query: ChartQuery, histograms: readonly string[]): ChartData;
  /** What can be chosen, as far as it is known now; `search`: looks through all that is kept. */
  choices(search: boolean): { rows: ChartRow[]; engines: ChartSubject[] };
  /** Unix ms. */
  now(): number;
  /** What a scrape added, of all measures, engines and histograms. */
  readonly onDidAdd: Event<ChartIncrement>;
  /** Another history took the place of the one before: of another run, or from disk. */
  readonly onDidReplace: Event<void>;
  /** Its words stand where nothing can be drawn. */
  readonly status: Status;
  readonly onDidChangeStatus: Event<Status>;
}
