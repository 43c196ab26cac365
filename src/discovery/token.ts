/** The dashboard's token: where it is found, and where it may be sent (docs/decisions.md, Dashboard tokens). */
import { homedir } from 'node:os';
import path from 'node:path';
import { isLoopbackAddress } from '../http/addressRules';
import { hostOf } from '../http/hostNames';
import { readRegularFile } from '../shared/readRegularFile';
import { dashboardAddress, defaultDashboardPort } from './dashboardAddress';

/** `command`: given by SkyRL: Set Dashboard Token, for one origin. The others are where Ray looks for it. */
type TokenProvider = 'command' | 'RAY_AUTH_TOKEN' | 'RAY_AUTH_TOKEN_PATH' | '~/.ray/auth_token';

/** What happened to the token; never the token. */
export interface TokenState {
  /**
   * `withheld`: found, but it may not be sent to this origin. `unusable`: found, but a header cannot carry it.
   */
  state: 'none' | 'sent' | 'withheld' | 'unusable';
  provider?: TokenProvider;
}

/** What a person decided: tokens by origin, and the origins that a found token may be sent to. */
export interface TokenStore {
  /** The token for an origin. Never rejects. */
  get(origin: string): Promise<string | undefined>;
  isOriginAllowed(origin: string): boolean;
}

/** A store without tokens and allowed origins. */
export const noTokens: TokenStore = { get: () => Promise.resolve(undefined), isOriginAllowed: () => false };

interface FoundToken {
  token: string;
  provider: TokenProvider;
}

type Environment = Record<string, string | undefined>;

/** A larger file is none with a token. */
const maxTokenFileBytes = 64 * 1024;

async function readTokenFile(file: string): Promise<string> {
  try {
    return (await readRegularFile(file, { maxBytes: maxTokenFileBytes })).bytes.toString('utf8').trim();
  } catch {
    return '';
  }
}

/** The first token where Ray looks for one, in Ray's order; undefined if there is none. Never rejects. */
export async function findToken(environment: Environment): Promise<FoundToken | undefined> {
  const variable = (environment['RAY_AUTH_TOKEN'] ?? '').trim();
  if (variable !== '') return { token: variable, provider: 'RAY_AUTH_TOKEN' };
  const namedFile = environment['RAY_AUTH_TOKEN_PATH'];
  const inNamedFile = namedFile ? await readTokenFile(namedFile) : '';
  if (inNamedFile !== '') return { token: inNamedFile, provider: 'RAY_AUTH_TOKEN_PATH' };
  const home = environment['HOME'] || environment['USERPROFILE'] || homedir();
  const inHome = await readTokenFile(path.join(home, '.ray', 'auth_token'));
  return inHome === '' ? undefined : { token: inHome, provider: '~/.ray/auth_token' };
}

/** A dashboard that may get a token. */
interface TokenReceiver {
  url: string;
  /** User or machine settings name the dashboard. */
  typedByUser: boolean;
  /** It is reached by a proxy, so that its loopback addresses are not this machine's. */
  isRemote?: boolean;
}

/**
 * Whether a found token may be sent to a URL: the dashboard's usual port on this machine, RAY_ADDRESS's dashboard, or
 * an origin that a person named. Other ports of this machine may be anyone's, and DNS may answer for `*.localhost`.
 */
function mayReceiveToken(
  url: URL,
  { typedByUser, isRemote = false }: TokenReceiver,
  environment: Environment,
  store: TokenStore,
): boolean {
  if (store.isOriginAllowed(url.origin)) return true;
  const isThisMachine = url.hostname === 'localhost' || isLoopbackAddress(url.hostname);
  // By a proxy, loopback is the far end's, and what was found here is not its token.
  if (isRemote && isThisMachine) return false;
  if (typedByUser) return true;
  const ray = dashboardAddress('', environment);
  if (ray.configuredBy === 'RAY_ADDRESS' && hostOf(ray.url) === hostOf(url.href))
    return !isThisMachine || new URL(ray.url).origin === url.origin;
  return isThisMachine && url.port === String(defaultDashboardPort);
}

/** What a header can carry: for any other text Node would throw an error that contains it. */
const headerToken = /^[\x21-\x7e]{1,4096}$/;

/**
 * The headers of a request to a dashboard, the only place where the token is, and what may be shown of it.
 * Never rejects.
 */
export async function tokenFor(
  dashboard: TokenReceiver,
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
  if (provider !== 'command' && !mayReceiveToken(url, dashboard, environment, store))
    return { token: { state: 'withheld', provider }, headers: {} };
  if (!headerToken.test(token)) return { token: { state: 'unusable', provider }, headers: {} };
  return { token: { state: 'sent', provider }, headers: { authorization: `Bearer ${token}` } };
}
