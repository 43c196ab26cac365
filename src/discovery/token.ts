/** The dashboard's token: where it comes from, and to whom it may go (DESIGN §10; research/metrics.md §1.8). */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { isLoopback } from '../http/addressRules';
import { dashboardAddress } from './dashboardAddress';

/** `command`: given by SkyRL: Set Dashboard Token, for just this origin. The others are Ray's own places. */
export type TokenProvider = 'command' | 'RAY_AUTH_TOKEN' | 'RAY_AUTH_TOKEN_PATH' | '~/.ray/auth_token';

/**
 * What stands about the token, without the token. `withheld`: found, but this origin was named by nobody whom a found token may go to.
 * `unusable`: found, but no text that a header can carry.
 */
export interface TokenState {
  state: 'none' | 'sent' | 'withheld' | 'unusable';
  provider?: TokenProvider;
}

/** What a person said: tokens by origin, and origins that found tokens may go to. */
export interface TokenStore {
  get(origin: string): Promise<string | undefined>;
  isOriginAllowed(origin: string): boolean;
}

export const noTokens: TokenStore = { get: () => Promise.resolve(undefined), isOriginAllowed: () => false };

export interface FoundToken {
  token: string;
  provider: TokenProvider;
}

type Environment = Record<string, string | undefined>;

async function readTokenFile(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    return '';
  }
}

/** Ray's own places, in Ray's order; the first that holds something counts. */
export async function findToken(environment: Environment): Promise<FoundToken | undefined> {
  const own = (environment['RAY_AUTH_TOKEN'] ?? '').trim();
  if (own !== '') return { token: own, provider: 'RAY_AUTH_TOKEN' };
  const named = environment['RAY_AUTH_TOKEN_PATH'];
  const inNamed = named ? await readTokenFile(named) : '';
  if (inNamed !== '') return { token: inNamed, provider: 'RAY_AUTH_TOKEN_PATH' };
  const home = environment['HOME'] || environment['USERPROFILE'] || homedir();
  const inHome = await readTokenFile(path.join(home, '.ray', 'auth_token'));
  return inHome === '' ? undefined : { token: inHome, provider: '~/.ray/auth_token' };
}

/** Whether a token found in Ray's own places may go there: this machine, RAY_ADDRESS's host, or what user or machine settings name. */
function mayGo(url: URL, typedByUser: boolean, environment: Environment, store: TokenStore): boolean {
  const named = dashboardAddress('', environment);
  const isRays =
    named.configuredBy === 'RAY_ADDRESS' && URL.canParse(named.url) && new URL(named.url).hostname === url.hostname;
  return isLoopback(url.hostname) || isRays || typedByUser || store.isOriginAllowed(url.origin);
}

/** A header cannot carry more than this; what is no printable ASCII would throw with the text in its words. */
const headerToken = /^[\x21-\x7e]{1,4096}$/;

/** What to send to a dashboard, and what may be told about it. `headers` is the only place where the token stands. Never rejects. */
export async function tokenFor(
  dashboard: { url: string; typedByUser: boolean },
  environment: Environment,
  store: TokenStore,
): Promise<{ token: TokenState; headers: Record<string, string> }> {
  if (!URL.canParse(dashboard.url)) return { token: { state: 'none' }, headers: {} };
  const url = new URL(dashboard.url);
  const given = await store.get(url.origin);
  const found: FoundToken | undefined =
    given === undefined ? await findToken(environment) : { token: given, provider: 'command' };
  if (!found) return { token: { state: 'none' }, headers: {} };
  const { provider, token } = found;
  if (provider !== 'command' && !mayGo(url, dashboard.typedByUser, environment, store))
    return { token: { state: 'withheld', provider }, headers: {} };
  if (!headerToken.test(token)) return { token: { state: 'unusable', provider }, headers: {} };
  return { token: { state: 'sent', provider }, headers: { authorization: `Bearer ${token}` } };
}
