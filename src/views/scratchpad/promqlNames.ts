/** Names of metrics and labels: those of the Prometheus in use, else the catalog's. */
import type * as vscode from 'vscode';
import { catalog, type CatalogRow } from '../../metrics/catalog';
import type { PrometheusClient } from '../../prometheus/client';
import { toPrometheusError } from '../../prometheus/errors';
import type { ServerMetrics } from '../../promql/hint';
import { createCatalogLookup, createNameLookup, type NameLookup } from '../../promql/nameLookup';
import type { PrometheusConnection } from '../connection/prometheusConnection';

/** Where names are from. */
export interface PromqlNamesDeps {
  prometheus: PrometheusConnection;
  /** Rows of families that the catalog does not know; the same array until one is new. */
  otherRows: () => readonly CatalogRow[];
  /** Unix ms. */
  now: () => number;
  log: vscode.LogOutputChannel;
}

/** Without a Prometheus nothing is known, so that no name counts as missing. */
export const noServerMetrics: ServerMetrics = { metrics: new Set(), metadata: new Map(), scrapeIntervalMs: undefined };

/** One lookup for each server, and one for the catalog. */
export class PromqlNames implements vscode.Disposable {
  /** Made at its first use, since that reads every query of the catalog. */
  private catalogNames: { others: readonly CatalogRow[]; lookup: NameLookup } | undefined;
  private serverNames: { client: PrometheusClient; lookup: NameLookup } | undefined;
  private readonly subscription: vscode.Disposable;

  constructor(private readonly deps: PromqlNamesDeps) {
    this.subscription = deps.prometheus.onDidChange(() => {
      this.serverNames = undefined;
    });
  }

  /** The names to complete with now. */
  get names(): NameLookup {
    const client = this.deps.prometheus.clientIfAny;
    if (!client) return this.namesOfRows();
    if (this.serverNames?.client !== client) this.serverNames = { client, lookup: this.createLookup(client) };
    return this.serverNames.lookup;
  }

  /** Rows of families that the catalog does not know. */
  get otherRows(): readonly CatalogRow[] {
    return this.deps.otherRows();
  }

  /** The server's metrics, for hints. */
  async serverMetrics(): Promise<ServerMetrics> {
    const { prometheus } = this.deps;
    if (!prometheus.clientIfAny) return noServerMetrics;
    const [metrics, metadata, scrapeIntervalMs] = await Promise.all([
      this.names.metrics(),
      this.names.metadata(),
      prometheus.scrapeIntervalMs(),
    ]);
    return { metrics: new Set(metrics), metadata, scrapeIntervalMs };
  }

  dispose(): void {
    this.subscription.dispose();
  }

  /** Made anew when the engines have shown a family that the catalog does not know. */
  private namesOfRows(): NameLookup {
    const { otherRows } = this;
    if (this.catalogNames?.others !== otherRows)
      this.catalogNames = { others: otherRows, lookup: createCatalogLookup([...catalog, ...otherRows]) };
    return this.catalogNames.lookup;
  }

  private createLookup(client: PrometheusClient): NameLookup {
    const { now, log } = this.deps;
    return createNameLookup(client, now, (error) =>
      log.debug(`Prometheus’s names: ${toPrometheusError(error).message}`),
    );
  }
}
