/** The Prometheus in use: its URL and headers from the settings, its credentials from SecretStorage, and its client. */
import * as vscode from 'vscode';
import type { BackfilledPast } from '../../history/backfillHistory';
import type { SnapshotSource } from '../../collector/snapshotSource';
import { sourceOnDemand } from '../../collector/sourceOnDemand';
import type { CatalogIndex } from '../../metrics/catalogIndex';
import type { BackfillOptions } from '../../prometheus/backfill';
import { createPrometheusClient, type PrometheusClient } from '../../prometheus/client';
import { authorization, readSecret, settingHeaders, type Secret } from '../../prometheus/credentials';
import { PrometheusError, toPrometheusError } from '../../prometheus/errors';
import { originOf, prometheusBase } from '../../prometheus/prometheusUrl';
import type { Send } from '../../prometheus/sender';
import { onDidChangeSettings, readSettings } from '../shared/settings';

/** For one query of the past. */
const backfillTimeoutMs = 15_000;

const credentialsKey = (origin: string): string => `prometheus:${origin}`;

/** What the connection is made from. */
export interface PrometheusConnectionOptions {
  catalogIndex: () => CatalogIndex;
  send: Send;
  secrets: vscode.SecretStorage;
  /** Unix ms. */
  now: () => number;
  log: vscode.LogOutputChannel;
}

/** One client for scratchpads, the source and the past; another one when the settings change. */
export class PrometheusConnection implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  /** Made from the settings of `key`. */
  private current: { key: string; client: PrometheusClient } | undefined;
  private intervalLookup: { client: PrometheusClient; intervalMs: Promise<number | undefined> } | undefined;
  /** How often the server scrapes, in ms; undefined until it is known. */
  knownIntervalMs: number | undefined;
  /** Prometheus as the source of snapshots. */
  readonly source: SnapshotSource;

  /** Fires when the server, its headers, its credentials or the workspace's trust have changed. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly options: PrometheusConnectionOptions) {
    const { catalogIndex, secrets, now } = options;
    this.source = sourceOnDemand(async () => {
      const { PrometheusSource } = await import('../../prometheus/prometheusSource');
      return new PrometheusSource({
        catalogIndex: catalogIndex(),
        getClient: () => this.client(),
        readIntervalMs: () => this.scrapeIntervalMs(),
        now,
      });
    });
    this.subscriptions = [
      this.changed,
      onDidChangeSettings(() => {
        if (this.current?.key !== clientKey()) this.discardClient();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.changed.fire()),
      secrets.onDidChange(({ key }) => {
        if (key.startsWith(credentialsKey(''))) this.discardClient();
      }),
    ];
  }

  /** The client. Throws a PrometheusError that says why there is none. */
  client(): PrometheusClient {
    if (!vscode.workspace.isTrusted) throw new PrometheusError('untrusted', '');
    if (readSettings().prometheusUrl === '') throw new PrometheusError('not-set', '');
    const key = clientKey();
    if (this.current?.key !== key) this.current = { key, client: this.createClient() };
    return this.current.client;
  }

  /** The client, or undefined if there is none; for what needs no error. */
  get clientIfAny(): PrometheusClient | undefined {
    try {
      return this.client();
    } catch {
      return undefined;
    }
  }

  /** How often the server scrapes most of its targets, in ms; undefined if it does not say. Asks each server once. */
  async scrapeIntervalMs(): Promise<number | undefined> {
    const client = this.clientIfAny;
    if (!client) return undefined;
    if (this.intervalLookup?.client !== client)
      this.intervalLookup = { client, intervalMs: this.lookUpIntervalMs(client) };
    return this.intervalLookup.intervalMs;
  }

  /** Snapshots of a time before the first scrape; empty without a Prometheus, or if the settings exclude it. */
  async backfill(
    options: Omit<BackfillOptions, 'catalogIndex' | 'client' | 'intervalMs' | 'timeoutMs' | 'warn'>,
  ): Promise<BackfilledPast> {
    const client = readSettings().source === 'scrape' ? undefined : this.clientIfAny;
    if (!client) return { snapshots: [], readings: [] };
    const { fetchBackfill } = await import('../../prometheus/backfill');
    return fetchBackfill({
      ...options,
      catalogIndex: this.options.catalogIndex(),
      client,
      intervalMs: await this.scrapeIntervalMs(),
      timeoutMs: backfillTimeoutMs,
      warn: (message) => this.options.log.warn(message),
    });
  }

  /** The headers of the settings that are sent with each request. */
  get headers(): Record<string, string> {
    return settingHeaders(readSettings().prometheusHeaders).headers;
  }

  /** The credentials for the origin of a URL. */
  async credentials(base: string): Promise<Secret | undefined> {
    const text = await this.options.secrets.get(credentialsKey(originOf(base)));
    return text === undefined ? undefined : readSecret(text);
  }

  /** Stores credentials for the origin of a URL; false if the text is neither a token nor user:password. */
  async storeCredentials(base: string, text: string): Promise<boolean> {
    if (!readSecret(text)) return false;
    await this.options.secrets.store(credentialsKey(originOf(base)), text.trim());
    return true;
  }

  /** Deletes the credentials for the origin of a URL. */
  async deleteCredentials(base: string): Promise<void> {
    await this.options.secrets.delete(credentialsKey(originOf(base)));
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private createClient(): PrometheusClient {
    const { send, now, log } = this.options;
    const { prometheusUrl, prometheusTyped: typedByUser, prometheusHeaders } = readSettings();
    const { headers, problems } = settingHeaders(prometheusHeaders);
    for (const problem of problems) log.warn(`skyrl.prometheus.headers: ${problem}`);
    try {
      const base = prometheusBase(prometheusUrl, typedByUser);
      return createPrometheusClient({
        send,
        base,
        typedByUser,
        now,
        headers: async () => {
          const secret = await this.credentials(base);
          return { ...headers, ...(secret && { authorization: authorization(secret) }) };
        },
      });
    } catch (error) {
      throw toPrometheusError(error);
    }
  }

  private async lookUpIntervalMs(client: PrometheusClient): Promise<number | undefined> {
    const intervalMs = await mostCommonIntervalMs(client).catch(() => undefined);
    if (this.current?.client === client) this.knownIntervalMs = intervalMs;
    return intervalMs;
  }

  private discardClient(): void {
    this.current = undefined;
    this.knownIntervalMs = undefined;
    this.changed.fire();
  }
}

/** What a client is made from; another key needs another client. */
function clientKey(): string {
  const { prometheusUrl, prometheusTyped, prometheusHeaders } = readSettings();
  return JSON.stringify([prometheusUrl, prometheusTyped, prometheusHeaders]);
}

/** Of equally common intervals the longest. */
async function mostCommonIntervalMs(client: PrometheusClient): Promise<number | undefined> {
  const counts = new Map<number, number>();
  for (const { intervalMs } of await client.targets(new AbortController().signal)) {
    if (intervalMs !== undefined) counts.set(intervalMs, (counts.get(intervalMs) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0];
}
