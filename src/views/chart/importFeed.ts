/** What charts show: the run that the window watches, or an import in its place. */
import * as vscode from 'vscode';
import type { Status } from '../../api';
import type { ImportedData } from '../../capture/readExport';
import { chartRows } from '../../metrics/chartRows';
import { sliceSeries } from '../../history/sliceSeries';
import type { ChartData, ChartSubject, ChartQuery } from '../../shared/chartData';
import type { ChartFeed } from './chartFeed';

type ShownImport = ImportedData & { name: string };

const importedSubjects = ({ data }: ImportedData): ChartSubject[] => [
  ...new Map(data.series.flatMap(({ engine }) => (engine ? [[engine.id, engine] as const] : []))).values(),
];

function queryImport({ data }: ImportedData, query: ChartQuery): ChartData {
  const bands = data.bands.filter((band) => band.from <= query.to && (band.to ?? Infinity) >= query.from);
  return { ...data, series: sliceSeries(data.series, query), bands };
}

export class ImportFeed implements ChartFeed, vscode.Disposable {
  private readonly replaced = new vscode.EventEmitter<void>();
  private readonly told = new vscode.EventEmitter<Status>();
  private readonly subscriptions: vscode.Disposable[];
  private shownImport: ShownImport | undefined;

  readonly onDidReplace = this.replaced.event;
  readonly onDidChangeStatus = this.told.event;

  constructor(private readonly runFeed: ChartFeed) {
    this.subscriptions = [
      this.replaced,
      this.told,
      runFeed.onDidReplace(() => this.replaced.fire()),
      runFeed.onDidChangeStatus((status) => {
        if (!this.shownImport) this.told.fire(status);
      }),
    ];
  }

  /** The file that is shown. */
  get importedName(): string | undefined {
    return this.shownImport?.name;
  }

  /** An import stands still: nothing is added to it. */
  readonly onDidAdd: ChartFeed['onDidAdd'] = (listener, that, subscriptions) =>
    this.runFeed.onDidAdd(
      (increment) => {
        if (!this.shownImport) listener.call(that, increment);
      },
      undefined,
      subscriptions,
    );

  /** The end of an import stands where now is. */
  now(): number {
    return this.shownImport?.to ?? this.runFeed.now();
  }

  get status(): Status {
    const { status } = this.runFeed;
    return this.shownImport
      ? { ...status, message: `Imported from ${this.shownImport.name}: nothing here is live.` }
      : status;
  }

  query(query: ChartQuery, histograms: readonly string[]): ChartData {
    return this.shownImport ? queryImport(this.shownImport, query) : this.runFeed.query(query, histograms);
  }

  choices(search: boolean): ReturnType<ChartFeed['choices']> {
    const { shownImport } = this;
    if (!shownImport) return this.runFeed.choices(search);
    const measures = new Set(shownImport.data.series.map(({ measure }) => measure));
    return { rows: chartRows((id) => measures.has(id)), engines: importedSubjects(shownImport) };
  }

  /** Shows an import; undefined: the run again. */
  show(imported: ShownImport | undefined): void {
    if (imported === this.shownImport) return;
    this.shownImport = imported;
    this.replaced.fire();
    this.told.fire(this.status);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
