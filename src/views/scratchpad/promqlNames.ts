/** The names of the Prometheus in use; the catalog's where there is none. */
import type * as vscode from 'vscode';
import { catalogNames, createNames, type Names } from '../../promql/nameLookup';
import type { Known } from '../../promql/hints';
import { toPrometheusError } from '../../prometheus/errors';
import type { PrometheusClient } from '../../prometheus/client';
import type { Prometheus } from '../connection/prometheusConnection';

export class PromqlNames implements vscode.Disposable {
  /** Made at the first use: it reads all the catalog's queries. */
  private without: Names | undefined;
  private current: { client: PrometheusClient; names: Names } | undefined;
  private readonly changing: vscode.Disposable;

  constructor(
    private readonly prometheus: Prometheus,
    private readonly now: () => number,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.changing = prometheus.onDidChange(() => {
      this.current = undefined;
    });
  }

  /** Of the server in use now. */
  get names(): Names {
    const client = this.prometheus.clientIfAny;
    if (!client) return (this.without ??= catalogNames());
    if (this.current?.client !== client) {
      this.current = {
        client,
        names: createNames(client, this.now, (error) =>
          this.log.debug(`Prometheus’s names: ${toPrometheusError(error).message}`),
        ),
      };
    }
    return this.current.names;
  }

  /** What hints are given by. */
  async known(): Promise<Known> {
    if (!this.prometheus.clientIfAny) return { metrics: new Set(), metadata: new Map(), scrapeIntervalMs: undefined };
    const [metrics, metadata, scrapeIntervalMs] = await Promise.all([
      this.names.metrics(),
      this.names.metadata(),
      this.prometheus.scrapeIntervalMs(),
    ]);
    return { metrics: new Set(metrics), metadata, scrapeIntervalMs };
  }

  dispose(): void {
    this.changing.dispose();
  }
}
