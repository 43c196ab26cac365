/** The one Prometheus of this window: its address by the settings, who one is to it by SecretStorage, and its client. */
import * as vscode from 'vscode';
import type { Snapshot } from '../../api';
import { originOf, prometheusBase } from '../../prometheus/prometheusUrl';
import { fetchBackfill, type BackfillOptions } from '../../prometheus/backfill';
import type { CatalogIndex } from '../../metrics/catalogIndex';
import { createPrometheusClient, type PrometheusClient } from '../../prometheus/client';
import { authorization, readSecret, settingHeaders, type Secret } from '../../prometheus/credentials';
import { PrometheusError, toPrometheusError } from '../../prometheus/errors';
import type { Send } from '../../prometheus/sender';
import { PrometheusSource } from '../../prometheus/prometheusSource';
import { onDidChangeSettings, readSettings } from '../shared/settings';

/** For one query about the past. */
const backfillTimeoutMs = 15_000;

const credentialsKey = (origin: string): string => `prometheus:${origin}`;

export class PrometheusConnection implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private current: { key: string; client: PrometheusClient } | undefined;
  private intervalLookup: { client: PrometheusClient; interval: Promise<number | undefined> } | undefined;
  /** As far as it is known: how often the server scrapes, in ms. */
  knownIntervalMs: number | undefined;
  /** It in the targets' place. */
  readonly source: PrometheusSource;

  /** Another server, other headers, another identity, or trust: what is known of the server may no longer hold. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly send: Send,
    private readonly secrets: vscode.SecretStorage,
    private readonly now: () => number,
    private readonly log: vscode.LogOutputChannel,
    private readonly catalogIndex: CatalogIndex,
  ) {
    this.source = new PrometheusSource({
      catalogIndex,
      getClient: () => this.client(),
      readIntervalMs: () => this.scrapeIntervalMs(),
      now,
    });
    this.subscriptions = [
      this.changed,
      onDidChangeSettings(() => this.applySettings()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.changed.fire()),
      secrets.onDidChange(({ key }) => {
        if (key.startsWith(credentialsKey(''))) this.renew();
      }),
    ];
  }

  /** The client. Throws a PrometheusError that says why there is none. */
  client(): PrometheusClient {
    if (!vscode.workspace.isTrusted) throw new PrometheusError('untrusted', '');
    const { prometheusUrl, prometheusTyped, prometheusHeaders } = readSettings();
    if (prometheusUrl === '') throw new PrometheusError('not-set', '');
    const key = JSON.stringify([prometheusUrl, prometheusTyped, prometheusHeaders]);
    if (this.current?.key !== key)
      this.current = { key, client: this.make(prometheusUrl, prometheusTyped, prometheusHeaders) };
    return this.current.client;
  }

  /** The client where there is one: for what is asked in passing. */
  get clientIfAny(): PrometheusClient | undefined {
    try {
      return this.client();
    } catch {
      return undefined;
    }
  }

  /** How often it scrapes, by most of its targets, in ms; undefined where it does not say. Asked once a server. */
  async scrapeIntervalMs(): Promise<number | undefined> {
    const client = this.clientIfAny;
    if (!client) return undefined;
    if (this.intervalLookup?.client !== client) {
      const interval = mostCommonInterval(client)
        .catch(() => undefined)
        .then((ms) => {
          if (this.current?.client === client) this.knownIntervalMs = ms;
          return ms;
        });
      this.intervalLookup = { client, interval };
    }
    return this.intervalLookup.interval;
  }

  /** What it has of a run's time before this window looked; nothing where there is no Prometheus, or the targets alone are the source. */
  async backfill(
    of: Omit<BackfillOptions, 'catalogIndex' | 'client' | 'intervalMs' | 'timeoutMs' | 'warn'>,
  ): Promise<Snapshot[]> {
    const client = readSettings().source === 'scrape' ? undefined : this.clientIfAny;
    return client
      ? fetchBackfill({
          ...of,
          catalogIndex: this.catalogIndex,
          client,
          intervalMs: await this.scrapeIntervalMs(),
          timeoutMs: backfillTimeoutMs,
          warn: (words) => this.log.warn(words),
        })
      : [];
  }

  /** Headers of the settings that are sent with each request. */
  get headers(): Record<string, string> {
    return settingHeaders(readSettings().prometheusHeaders).headers;
  }

  /** How one identifies oneself to this server; undefined: not at all. */
  async credentials(base: string): Promise<Secret | undefined> {
    const text = await this.secrets.get(credentialsKey(originOf(base)));
    return text === undefined ? undefined : readSecret(text);
  }

  /** Keeps what identifies one to the origin of `base`; false where it is no token. */
  async storeCredentials(base: string, text: string): Promise<boolean> {
    if (!readSecret(text)) return false;
    await this.secrets.store(credentialsKey(originOf(base)), text.trim());
    return true;
  }

  async deleteCredentials(base: string): Promise<void> {
    await this.secrets.delete(credentialsKey(originOf(base)));
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private make(url: string, typedByUser: boolean, headers: unknown): PrometheusClient {
    const { headers: fromSettings, problems } = settingHeaders(headers);
    for (const problem of problems) this.log.warn(`skyrl.prometheus.headers: ${problem}`);
    try {
      const base = prometheusBase(url, typedByUser);
      return createPrometheusClient({
        send: this.send,
        base,
        typedByUser,
        now: this.now,
        headers: async () => {
          const secret = await this.credentials(base);
          return { ...fromSettings, ...(secret && { authorization: authorization(secret) }) };
        },
      });
    } catch (error) {
      throw toPrometheusError(error);
    }
  }

  private applySettings(): void {
    const { prometheusUrl, prometheusTyped, prometheusHeaders } = readSettings();
    if (this.current?.key !== JSON.stringify([prometheusUrl, prometheusTyped, prometheusHeaders])) this.renew();
  }

  private renew(): void {
    this.current = undefined;
    this.knownIntervalMs = undefined;
    this.changed.fire();
  }
}

async function mostCommonInterval(client: PrometheusClient): Promise<number | undefined> {
  const counts = new Map<number, number>();
  for (const { intervalMs } of await client.targets(new AbortController().signal)) {
    if (intervalMs !== undefined) counts.set(intervalMs, (counts.get(intervalMs) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0];
}
