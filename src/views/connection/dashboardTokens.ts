/**
 * Dashboard tokens in SecretStorage, each for one origin, and the origins to which a token found on this machine may be
 * sent.
 */
import * as vscode from 'vscode';
import { isLoopback } from '../../http/addressRules';
import { redactUrl } from '../../http/redact';
import { readSettings } from '../shared/settings';
import type { TokenStore } from '../../discovery/token';

const secretKey = (origin: string): string => `skyrl.token:${origin}`;

/** The far end's loopback is another machine than this one: a token for it is bound to the proxy, too. */
function boundOrigin(origin: string): string {
  const { proxy } = readSettings();
  const isFarLoopback = proxy !== '' && URL.canParse(origin) && isLoopback(new URL(origin).hostname);
  return isFarLoopback ? `${origin} by ${redactUrl(proxy)}` : origin;
}

/** Origins that have a token. They are not secret, and not every VS Code lists the keys of its SecretStorage. */
const originsKey = 'skyrl.token.origins';
const allowedKey = 'skyrl.token.allowed';

/**
 * The origin of a dashboard's address; without a scheme it is http. Throws an error for people if it is not http or
 * https.
 */
export function parseDashboardOrigin(text: string): string {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text.trim()) ? text.trim() : `http://${text.trim()}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error('Enter the http or https address of a dashboard.');
  return url.origin;
}

/** Stores tokens, and answers which token may be sent where. */
export class DashboardTokens implements TokenStore, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscription: vscode.Disposable;
  /** Discovery reads a token every few seconds, and SecretStorage asks another process each time. */
  private readonly cache = new Map<string, Promise<string | undefined>>();
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly secrets: vscode.SecretStorage,
    private readonly memento: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscription = secrets.onDidChange(({ key }) => {
      if (key.startsWith(secretKey(''))) this.announceChange();
    });
  }

  /** The token of this origin. Never rejects: a locked keyring counts as empty. */
  get(unboundOrigin: string): Promise<string | undefined> {
    const origin = boundOrigin(unboundOrigin);
    let token = this.cache.get(origin);
    if (!token) {
      token = Promise.resolve(this.secrets.get(secretKey(origin))).catch(() => {
        this.log.warn(`The token for ${origin} cannot be read from VS Code’s secret storage.`);
        this.cache.delete(origin);
        return undefined;
      });
      this.cache.set(origin, token);
    }
    return token;
  }

  /** Whether a token found on this machine may be sent to this origin. */
  isOriginAllowed(origin: string): boolean {
    return this.list(allowedKey).includes(boundOrigin(origin));
  }

  /** Origins that have a token, or to which a found token may be sent. */
  get origins(): string[] {
    return [...new Set([...this.list(originsKey), ...this.list(allowedKey)])];
  }

  /** Stores the token of an origin. */
  async set(unboundOrigin: string, token: string): Promise<void> {
    const origin = boundOrigin(unboundOrigin);
    await this.secrets.store(secretKey(origin), token);
    await this.remember(originsKey, origin);
    this.announceChange();
  }

  /** Allows sending a token found in the environment or in Ray's files to this origin. */
  async allow(origin: string): Promise<void> {
    await this.remember(allowedKey, boundOrigin(origin));
    this.announceChange();
  }

  /** Deletes the token of an origin, and no longer allows sending a found one. */
  async clear(unboundOrigin: string): Promise<void> {
    const origin = boundOrigin(unboundOrigin);
    await this.secrets.delete(secretKey(origin));
    for (const key of [originsKey, allowedKey]) {
      const others = this.list(key).filter((other) => other !== origin);
      await this.memento.update(key, others);
    }
    this.announceChange();
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  private list(key: string): string[] {
    return this.memento.get<string[]>(key) ?? [];
  }

  private async remember(key: string, origin: string): Promise<void> {
    await this.memento.update(key, [...new Set([...this.list(key), origin])]);
  }

  private announceChange(): void {
    this.cache.clear();
    this.changed.fire();
  }
}
