/** What the charts show: the run that is watched, or an import in its place. */
import * as vscode from 'vscode';
import type { Status } from '../../api';
import type { ImportedData } from '../../capture/readExport';
import { sliceSeries } from '../../history/sliceSeries';
import { chartRows } from '../../metrics/chartRows';
import { isOtherId, unknownOtherRow } from '../../metrics/otherRows';
import type { ChartData, ChartQuery, ChartSubject } from '../../shared/chartData';
import type { ChartFeed } from './chartFeed';

/** An import with the name of its file. */
export type NamedImport = ImportedData & { name: string };

const subjectsOf = ({ data }: ImportedData): ChartSubject[] => [
  ...new Map(data.series.flatMap(({ engine }) => (engine ? [[engine.id, engine] as const] : []))).values(),
];

function queryImport({ data }: ImportedData, query: ChartQuery): ChartData {
  const bands = data.bands.filter((band) => band.from <= query.to && (band.to ?? Infinity) >= query.from);
  return { ...data, series: sliceSeries(data.series, query), bands };
}

/** Passes on the run’s data until an import is shown. */
export class ImportFeed implements ChartFeed, vscode.Disposable {
  private readonly replaced = new vscode.EventEmitter<void>();
  private readonly statusChanged = new vscode.EventEmitter<Status>();
  private readonly subscriptions: vscode.Disposable[];
  private shownImport: NamedImport | undefined;

  readonly onDidReplace = this.replaced.event;
  readonly onDidChangeStatus = this.statusChanged.event;

  constructor(private readonly runFeed: ChartFeed) {
    this.subscriptions = [
      this.replaced,
      this.statusChanged,
      runFeed.onDidReplace(() => this.replaced.fire()),
      runFeed.onDidChangeStatus((status) => {
        if (!this.shownImport) this.statusChanged.fire(status);
      }),
    ];
  }

  /** The name of the file that is shown; undefined while the run is shown. */
  get importedName(): string | undefined {
    return this.shownImport?.name;
  }

  /** Everything of the import that is shown; undefined while the run is shown. */
  get importedData(): ChartData | undefined {
    return this.shownImport?.data;
  }

  /** The run's additions; nothing is added to an import. */
  readonly onDidAdd: ChartFeed['onDidAdd'] = (listener, thisArgs, disposables) =>
    this.runFeed.onDidAdd(
      (increment) => {
        if (!this.shownImport) listener.call(thisArgs, increment);
      },
      undefined,
      disposables,
    );

  /** Unix ms; the end of an import while one is shown. */
  now(): number {
    return this.shownImport?.to ?? this.runFeed.now();
  }

  get status(): Status {
    const { status } = this.runFeed;
    return this.shownImport ? { ...status, message: this.notice } : status;
  }

  get notice(): string {
    const { shownImport, runFeed } = this;
    return shownImport ? `Imported from ${shownImport.name}. Nothing here is live.` : (runFeed.notice ?? '');
  }

  query(query: ChartQuery, histograms: readonly string[]): ChartData {
    return this.shownImport ? queryImport(this.shownImport, query) : this.runFeed.query(query, histograms);
  }

  choices(search: boolean): ReturnType<ChartFeed['choices']> {
    const { shownImport } = this;
    if (!shownImport) return this.runFeed.choices(search);
    const measures = new Set(shownImport.data.series.map(({ measure }) => measure));
    const others = [...measures].filter(isOtherId).map(unknownOtherRow);
    return { rows: chartRows((id) => measures.has(id), others), engines: subjectsOf(shownImport) };
  }

  /** Shows an import; undefined: the run again. */
  show(imported: NamedImport | undefined): void {
    if (imported === this.shownImport) return;
    this.shownImport = imported;
    this.replaced.fire();
    this.statusChanged.fire(this.status);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
