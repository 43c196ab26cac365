/** The names of the Prometheus in use; the catalog's where there is none. */
import type * as vscode from 'vscode';
import { createCatalogLookup, createNameLookup, type NameLookup } from '../../promql/nameLookup';
import type { ServerMetrics } from '../../promql/hint';
import { toPrometheusError } from '../../prometheus/errors';
import type { PrometheusClient } from '../../prometheus/client';
import type { PrometheusConnection } from '../connection/prometheusConnection';

export class PromqlNames implements vscode.Disposable {
  /** Made at the first use: it reads all the catalog's queries. */
  private fallbackNames: NameLookup | undefined;
  private current: { client: PrometheusClient; names: NameLookup } | undefined;
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly prometheus: PrometheusConnection,
    private readonly now: () => number,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscription = prometheus.onDidChange(() => {
      this.current = undefined;
    });
  }

  /** Of the server in use now. */
  get names(): NameLookup {
    const client = this.prometheus.clientIfAny;
    if (!client) return (this.fallbackNames ??= createCatalogLookup());
    if (this.current?.client !== client) {
      this.current = {
        client,
        names: createNameLookup(client, this.now, (error) =>
          this.log.debug(`Prometheus’s names: ${toPrometheusError(error).message}`),
        ),
      };
    }
    return this.current.names;
  }

  /** What hints are given by. */
  async serverMetrics(): Promise<ServerMetrics> {
    if (!this.prometheus.clientIfAny) return { metrics: new Set(), metadata: new Map(), scrapeIntervalMs: undefined };
    const [metrics, metadata, scrapeIntervalMs] = await Promise.all([
      this.names.metrics(),
      this.names.metadata(),
      this.prometheus.scrapeIntervalMs(),
    ]);
    return { metrics: new Set(metrics), metadata, scrapeIntervalMs };
  }

  dispose(): void {
    this.subscription.dispose();
  }
}
