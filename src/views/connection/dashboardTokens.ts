/** Dashboard tokens: kept in SecretStorage under the origin each was given for, and the origins a found token may go to. */
import * as vscode from 'vscode';
import type { TokenStore } from '../../discovery/token';

const secretKey = (origin: string): string => `skyrl.token:${origin}`;
/** Not secret: SecretStorage does not list its keys in every VS Code. */
const originsKey = 'skyrl.token.origins';
const allowedKey = 'skyrl.token.allowed';

/** The origin of a dashboard's address. Throws with words where it is none. */
export function parseDashboardOrigin(text: string): string {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text.trim()) ? text.trim() : `http://${text.trim()}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Error('A token is kept for a dashboard’s http or https address.');
  return url.origin;
}

export class DashboardTokens implements TokenStore, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscription: vscode.Disposable;
  /** SecretStorage is a question to another process; discovery asks every few seconds. */
  private readonly cache = new Map<string, Promise<string | undefined>>();
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly secrets: vscode.SecretStorage,
    private readonly memento: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscription = secrets.onDidChange(({ key }) => {
      if (!key.startsWith(secretKey(''))) return;
      this.cache.clear();
      this.changed.fire();
    });
  }

  /** The token given for this origin. Never rejects: a keyring that is locked holds none. */
  get(origin: string): Promise<string | undefined> {
    let reading = this.cache.get(origin);
    if (!reading) {
      reading = Promise.resolve(this.secrets.get(secretKey(origin))).catch(() => {
        this.log.warn(`The token for ${origin} cannot be read from VS Code’s secret storage.`);
        this.cache.delete(origin);
        return undefined;
      });
      this.cache.set(origin, reading);
    }
    return reading;
  }

  isOriginAllowed(origin: string): boolean {
    return this.list(allowedKey).includes(origin);
  }

  /** Origins that have a token, or that a found token may go to. */
  get origins(): string[] {
    return [...new Set([...this.list(originsKey), ...this.list(allowedKey)])];
  }

  async set(origin: string, token: string): Promise<void> {
    await this.secrets.store(secretKey(origin), token);
    await this.remember(originsKey, origin);
    this.renew();
  }

  /** A token found in Ray's own places may go to this origin from now on. */
  async allow(origin: string): Promise<void> {
    await this.remember(allowedKey, origin);
    this.renew();
  }

  async clear(origin: string): Promise<void> {
    await this.secrets.delete(secretKey(origin));
    for (const key of [originsKey, allowedKey])
      await this.memento.update(
        key,
        this.list(key).filter((other) => other !== origin),
      );
    this.renew();
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

  private renew(): void {
    this.cache.clear();
    this.changed.fire();
  }
}
