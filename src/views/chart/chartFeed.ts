/** Where a chart gets its data from: the run that is watched, an import, or the result of a query. */
import type { Event } from 'vscode';
import type { Status } from '../../api';
import type { ChartData, ChartIncrement, ChartQuery } from '../../shared/chartData';
import type { ChartRow } from '../../shared/chartRow';
import type { SubjectChoice } from '../../shared/subjectChoice';

/** The data of a chart, and events about its changes. */
export interface ChartFeed {
  /** The series of a query, with the buckets of these histograms over the same time. */
  query(query: ChartQuery, histograms: readonly string[]): ChartData;
  /** What a person can choose, as far as it is known; `search` looks through everything that is kept. */
  choices(search: boolean): { rows: ChartRow[]; engines: SubjectChoice[] };
  /** Unix ms. */
  now(): number;
  /** Fires with what a scrape added, of all measures, engines and histograms. */
  readonly onDidAdd: Event<ChartIncrement>;
  /** Fires when the whole history is another: of another run, or read from disk. */
  readonly onDidReplace: Event<void>;
  /** Its message is shown while there is nothing to draw. */
  readonly status: Status;
  /** What is shown in place of the live run, as a sentence; absent or empty for the live run. Changes with the status. */
  readonly notice?: string;
  readonly onDidChangeStatus: Event<Status>;
}
