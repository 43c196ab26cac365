/** What charts show: the run that the window watches, or an import in its place. */
import * as vscode from 'vscode';
import type { Status } from '../../api';
import type { Imported } from '../../capture/readExport';
import { chartRows } from '../../metrics/chartRows';
import { cut } from '../../history/sliceSeries';
import type { ChartData, ChartEngine, ChartQuery } from '../../shared/chartData';
import type { ChartFeed } from './chartFeed';

type Shown = Imported & { name: string };

const enginesOf = ({ data }: Imported): ChartEngine[] => [
  ...new Map(data.series.flatMap(({ engine }) => (engine ? [[engine.id, engine] as const] : []))).values(),
];

function queryOf({ data }: Imported, query: ChartQuery): ChartData {
  const bands = data.bands.filter((band) => band.from <= query.to && (band.to ?? Infinity) >= query.from);
  return { ...data, series: cut(data.series, query), bands };
}

export class ImportFeed implements ChartFeed, vscode.Disposable {
  private readonly replaced = new vscode.EventEmitter<void>();
  private readonly told = new vscode.EventEmitter<Status>();
  private readonly subscriptions: vscode.Disposable[];
  private imported: Shown | undefined;

  readonly onDidReplace = this.replaced.event;
  readonly onDidChangeStatus = this.told.event;

  constructor(private readonly run: ChartFeed) {
    this.subscriptions = [
      this.replaced,
      this.told,
      run.onDidReplace(() => this.replaced.fire()),
      run.onDidChangeStatus((status) => {
        if (!this.imported) this.told.fire(status);
      }),
    ];
  }

  /** The file that is shown. */
  get importedName(): string | undefined {
    return this.imported?.name;
  }

  /** An import stands still: nothing is added to it. */
  readonly onDidAdd: ChartFeed['onDidAdd'] = (listener, that, subscriptions) =>
    this.run.onDidAdd(
      (increment) => {
        if (!this.imported) listener.call(that, increment);
      },
      undefined,
      subscriptions,
    );

  /** The end of an import stands where now is. */
  now(): number {
    return this.imported?.to ?? this.run.now();
  }

  get status(): Status {
    const { status } = this.run;
    return this.imported
      ? { ...status, message: `Imported from ${this.imported.name}: nothing here is live.` }
      : status;
  }

  query(query: ChartQuery, histograms: readonly string[]): ChartData {
    return this.imported ? queryOf(this.imported, query) : this.run.query(query, histograms);
  }

  choices(search: boolean): ReturnType<ChartFeed['choices']> {
    const { imported } = this;
    if (!imported) return this.run.choices(search);
    const measures = new Set(imported.data.series.map(({ measure }) => measure));
    return { rows: chartRows((id) => measures.has(id)), engines: enginesOf(imported) };
  }

  /** Shows an import; undefined: the run again. */
  show(imported: Shown | undefined): void {
    if (imported === this.imported) return;
    this.imported = imported;
    this.replaced.fire();
    this.told.fire(this.status);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
